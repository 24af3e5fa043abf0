import { TOOL_CLASSES } from '@sallyport/policy'
import { buildDisguise, buildVerification } from './facts.ts'
import { buildTitle, type Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildPasskeySignIn } from './passkey.ts'
import { buildSentence, plainText } from './sentence.ts'
import type {
  AccountClientView,
  AccountPasskeyView,
  AccountPermissionView,
  AccountServerView,
  AccountSignInView,
  AccountView,
} from './views.ts'

export function buildAccountSignIn(view: AccountSignInView): Page {
  const { issuerHost, correlationId, action, csrf, login = '', error, passkey } = view
  const title = buildTitle(MESSAGES.signInHeading, error)
  return {
    frame: { title, issuerHost, hasScript: passkey !== undefined, footerRequestId: correlationId },
    template: 'account-sign-in',
    content: {
      ...{ action, csrf, login, error },
      passkey: passkey && buildPasskeySignIn({ action, csrf, passkey, isMain: false }),
    },
  }
}

/** What a person allowed, by app and server. */
export function buildAccount(view: AccountView): Page {
  const { issuerHost, correlationId, login, action, signOutPath, csrf, error } = view
  return {
    frame: {
      title: buildTitle(MESSAGES.accountHeading, error),
      issuerHost,
      signedInAs: buildSentence(MESSAGES.signedInAs, { login }),
      footerRequestId: correlationId,
    },
    template: 'account',
    content: {
      ...{ action, signOutPath, csrf, login, error },
      clients: view.clients.map(buildClient),
      passkeys: view.passkeys?.map(buildPasskey),
    },
  }
}

function buildPasskey({ id, name, createdAt, lastUsedAt, isSuspended }: AccountPasskeyView) {
  return {
    ...{ id, name, isSuspended },
    added: plainText(buildSentence(MESSAGES.passkeyAdded, { time: formatTime(createdAt) })),
    lastUsed: formatLastUsed(lastUsedAt),
    remove: plainText(buildSentence(MESSAGES.removePasskeyNamed, { name })),
  }
}

function buildClient({ client, servers }: AccountClientView) {
  const { clientId, name, verification } = client
  return {
    clientId,
    name,
    verification: { kind: verification.kind, text: buildVerification(client) },
    ...buildDisguise(client),
    servers: servers.map((server) => buildServer(server, name)),
    takeBack: buildSentence(MESSAGES.takeBackClient, { client: name }),
  }
}

function buildServer({ consentId, resource, lastUsedAt, permissions }: AccountServerView, client: string) {
  return {
    consentId,
    resource,
    lastUsed: formatLastUsed(lastUsedAt),
    permissions: permissions.map((permission) => buildPermission(permission, client, resource.name)),
    takeBack: buildSentence(MESSAGES.takeBackServer, { resource: resource.name }),
  }
}

function buildPermission(permission: AccountPermissionView, client: string, resource: string) {
  const { scope, description, toolClass, endsAt } = permission
  const ends = endsAt === undefined ? [] : buildSentence(MESSAGES.endsAt, { time: formatTime(endsAt) })
  return {
    scope,
    description,
    toolClass,
    classLabel: TOOL_CLASSES[toolClass].label,
    end: plainText(ends) || MESSAGES.untilTakenBack,
    takeBack: plainText(buildSentence(MESSAGES.takeBackPermission, { description, client, resource })),
  }
}

function formatLastUsed(seconds: number | undefined): string {
  if (seconds === undefined) return MESSAGES.neverUsed
  return plainText(buildSentence(MESSAGES.lastUsed, { time: formatTime(seconds) }))
}

/** The page has no script that could turn it into the reader's own time, so it says which time it is. */
function formatTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 'yyyy-mm-ddThh:mm'.length).replace('T', ' ')} UTC`
}
