import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import type { ManagedClients, Management } from '../store/managed-clients.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { withoutOwnProperties } from './adapter/client.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { newClientSecret } from './clients.ts'
import { bearerToken, refuseToken } from './initial-access-token.ts'
import { reportRefusal } from './refusals.ts'
import { managementOf, rowOf, toldOf } from './registration-answer.ts'
import { judgeChange } from './registration-change.ts'
import type { Report } from './report.ts'
import { ROUTES } from './routes.ts'

interface ManagementDeps {
  readonly issuer: string
  readonly clients: ManagedClients
  readonly report: Report
}

/** Around the engine's router the context has its `oidc` part only where a route matched. */
type Context = Pick<KoaContextWithOIDC, 'req' | 'method' | 'status' | 'body' | 'type' | 'is' | 'set'>

const MANAGED = new RegExp(`^${ROUTES.registration}/([A-Za-z0-9_-]{1,128})$`)

/**
 * Lets whoever registered a client with an initial access token read, change and remove it. The engine can do this, too; but
 * it compares secrets, which are digests here, and it looks at the token first and changes the client later.
 * @see RFC 7592 §2
 */
export function manageRegistrations(provider: Provider, deps: ManagementDeps): void {
  const { issuer, report } = deps
  provider.use(async (ctx, next) => {
    const id = MANAGED.exec(ctx.path)?.[1]
    if (id === undefined) return next()
    ctx.set('Cache-Control', 'no-store')
    const token = bearerToken(ctx.get('Authorization'))
    if (token !== undefined && (await answer(provider, ctx, { id, token }, deps))) return
    // One answer for a client that is not there and for one of somebody else: ids are no secret, and nobody learns which are in use.
    const reason = token === undefined ? 'no registration access token' : 'not the token of this client'
    refuseToken(ctx, { issuer, presented: token, report, what: 'registration management refused', reason })
  })
}

/** @returns false where there is no client with this token */
async function answer(
  provider: Provider,
  ctx: Context,
  management: Management,
  deps: ManagementDeps,
): Promise<boolean> {
  if (ctx.method === 'PUT') return change(provider, ctx, management, deps)
  if (ctx.method === 'DELETE') return remove(ctx, management, deps)
  const client = await deps.clients.find(management)
  if (client === undefined) return false
  ctx.body = described(client.metadata, client, management, deps.issuer)
  return true
}

function described(
  metadata: ClientMetadata,
  row: Parameters<typeof rowOf>[0],
  { id, token }: Management,
  issuer: string,
): Readonly<Record<string, unknown>> {
  return { ...toldOf(metadata), ...rowOf(row), ...managementOf(issuer, { id, managementToken: token }) }
}

/** @see RFC 7592 §2.3 */
async function remove(ctx: Context, management: Management, { clients }: ManagementDeps): Promise<boolean> {
  const removed = await clients.remove(management, currentUnit().correlationId)
  if (removed) ctx.status = 204
  return removed
}

/** What is sent is the whole client from now on, and is judged as at the first registration. @see RFC 7592 §2.2 */
async function change(
  provider: Provider,
  ctx: Context,
  management: Management,
  deps: ManagementDeps,
): Promise<boolean> {
  const client = await deps.clients.find(management)
  if (client === undefined) return false
  const judged = judgeChange(client, await readObject(ctx), newClientSecret)
  if (!judged.ok) return refuse(ctx, management, deps, { error: 'invalid_request', reason: judged.reason })
  const made = validated(provider, ctx, judged.metadata)
  if (!made.ok) return refuse(ctx, management, deps, made)
  const stored = await deps.clients.change(management, made.metadata, currentUnit().correlationId)
  if (stored === undefined) return false
  ctx.body = described(made.metadata, stored, management, deps.issuer)
  return true
}

/** By the engine and the normaliser, as any registration. */
function validated(
  provider: Provider,
  ctx: Context,
  metadata: ClientMetadata,
): { ok: true; metadata: ClientMetadata } | { ok: false; error: string; reason: string } {
  try {
    const client: { metadata(): ClientMetadata } = Reflect.construct(provider.Client, [metadata, ctx])
    return { ok: true, metadata: withoutOwnProperties({ ...client.metadata() }) }
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error
    return { ok: false, error: error.error, reason: error.error_description ?? error.message }
  }
}

/** Settling completes the answer. @returns true: there is such a client */
function refuse(
  ctx: Context,
  { id: clientId }: Management,
  { report }: ManagementDeps,
  { error, reason }: { error: string; reason: string },
): true {
  reportRefusal(report, 'registration management refused', { error, reason, clientId })
  ctx.status = 400
  ctx.type = 'json'
  ctx.body = { error, error_description: reason }
  return true
}

/** The JSON object that was sent, undefined for anything else. How large and how deep it may be was judged before. */
async function readObject(ctx: Context): Promise<ClientMetadata | undefined> {
  if (!ctx.is('application/json')) return undefined
  const chunks: Buffer[] = []
  for await (const chunk of ctx.req) chunks.push(Buffer.from(chunk))
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
