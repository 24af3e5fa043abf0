import type { Context } from 'koa'
import type { ListedConsent } from '../../store/consent-list.ts'
import type { Passkey } from '../../store/passkeys.ts'
import type { ProtectedResource } from '../../store/resource-registry.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { clientViewOf } from '../interaction/facts.ts'
import type { InteractionDeps, SignedIn } from '../interaction/ports.ts'
import type { AccountClientView, AccountPasskeyView, AccountServerView } from '../pages/index.ts'
import { answerAccountPage, moveToAccount } from './answer.ts'

/** Shows a person what they allowed, to whom, and since when it was not used. */
export async function showAccount(ctx: Context, deps: InteractionDeps): Promise<void> {
  const session = await deps.browserSessions.find(ctx.req, ctx.res)
  if (session === undefined) return moveToAccount(ctx, deps.basePath, '/sign-in')
  answerAccountPage(ctx, 200, await renderAccount(session, deps))
}

/** @param said.error one sentence about a form that was refused */
export async function renderAccount(
  session: SignedIn,
  deps: InteractionDeps,
  said: { error?: string } = {},
): Promise<string> {
  const consents = await deps.consentList.list({ accountId: session.accountId }, deps.now())
  const byClient = Map.groupBy(consents, ({ clientId }) => clientId)
  const clients = await Promise.all([...byClient].map(([clientId, theirs]) => clientOf(clientId, theirs, deps)))
  return deps.pages.account({
    issuerHost: deps.issuerHost,
    correlationId: currentUnit().correlationId,
    login: session.login,
    action: `${deps.basePath}/account`,
    signOutPath: `${deps.basePath}/logout`,
    csrf: session.formToken,
    clients,
    passkeys: deps.passkeyCeremonies && (await deps.passkeys.list(session.accountId)).map(passkeyView),
    ...said,
  })
}

function passkeyView({ id, name, createdAt, lastUsedAt, suspendedAt }: Passkey): AccountPasskeyView {
  const times = { createdAt: secondsOf(createdAt), lastUsedAt: lastUsedAt && secondsOf(lastUsedAt) }
  return { id, name, ...times, isSuspended: suspendedAt !== undefined }
}

function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1_000)
}

async function clientOf(
  clientId: string,
  consents: readonly ListedConsent[],
  deps: InteractionDeps,
): Promise<AccountClientView> {
  // The latest version that was agreed to is the one whose name the person remembers.
  const clientDigest = consents.at(-1)?.clientDigest
  const known = await deps.describeClient({ clientId, clientDigest })
  const registry = await deps.registry.current()
  const servers = consents.map((consent) => serverOf(consent, registry.byUri(consent.resourceUri)))
  return { client: clientViewOf(clientId, known), servers }
}

function serverOf(consent: ListedConsent, resource: ProtectedResource | undefined): AccountServerView {
  const named = Object.entries(consent.permissions).map(([name, permission]) => {
    const scope = name.split(' ', 1).join()
    const description = resource?.tools.scopes.get(scope)?.description ?? scope
    return { scope, description, toolClass: permission.class, endsAt: permission.endsAt ?? undefined }
  })
  return {
    consentId: consent.id,
    resource: { name: resource?.name ?? consent.resourceUri, uri: consent.resourceUri },
    lastUsedAt: consent.lastUsedAt && secondsOf(consent.lastUsedAt),
    // What was said twice for one time each is one permission to whoever reads the page.
    permissions: [...new Map(named.map((permission) => [permission.scope, permission])).values()],
  }
}
