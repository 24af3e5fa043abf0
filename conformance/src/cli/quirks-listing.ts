import type { ClientProfile, Identity, RedirectHabit } from '../quirks/profile.ts'
import { REPLAY_STEPS } from '../quirks/steps/all.ts'

/** Every client with what is different about it, and the steps that each takes. */
export function listClients(clients: readonly ClientProfile[]): readonly string[] {
  return [
    ...clients.map(({ id, name, differs }) => `${id}  ${name}: ${differs}`),
    '',
    'Each takes these steps:',
    ...REPLAY_STEPS.map(({ id, title, requirement }) => `${id}  ${requirement}  ${title}`),
  ]
}

/** What each client would send, in words. */
export function planClients(clients: readonly ClientProfile[]): readonly string[] {
  return clients.flatMap(planOf)
}

function planOf(profile: ClientProfile): readonly string[] {
  const { id, name, discovery, identities, resource, sources, read, unknown } = profile
  return [
    `## ${id}`,
    `${name}, as its sources told on ${read}.`,
    `It looks for metadata at ${discovery.order.join(', ')}${discovery.comparesIssuer ? ', and compares the issuer' : ''}.`,
    ...identities.map(identityInWords),
    scopesInWords(profile),
    `It sends \`resource\` ${requestsWith(resource)}.`,
    ...unknown.map((what) => `Not known: ${what}.`),
    ...sources.map(({ url, says }) => `${url}: ${says}`),
    '',
  ]
}

function identityInWords(identity: Identity): string {
  const where = `comes back to ${redirectInWords(identity.redirect)}`
  const needs = identity.needs.length === 0 ? '' : ` (where the metadata says: ${identity.needs.join(', ')})`
  if (identity.way === 'document') return `Its document is ${identity.url}${needs}; it ${where}.`
  return `It registers ${JSON.stringify(identity.metadata)}${needs}; it ${where}.`
}

function redirectInWords(redirect: RedirectHabit): string {
  if (redirect.kind !== 'loopback') return redirect.uri
  return `http://${redirect.host}:${redirect.port ?? '<any port>'}${redirect.path}`
}

function scopesInWords({ scope, refreshScope }: ClientProfile): string {
  const asks = {
    resource: 'the scopes of the MCP server',
    server: 'the scopes that the authorization server lists',
    none: 'no scope',
  }[scope.asks]
  const offline =
    scope.offlineAccess === 'never'
      ? ''
      : `, and offline_access ${scope.offlineAccess === 'always' ? 'always' : 'where it is listed'}`
  return `It asks for ${asks}${offline}; a refresh names ${refreshScope === 'none' ? 'no scope' : 'the granted scopes'}.`
}

function requestsWith({ authorize, token, refresh }: ClientProfile['resource']): string {
  const kinds = [authorize && 'when it authorizes', token && 'with a code', refresh === true && 'with a refresh token']
  return kinds.filter((kind) => kind !== false).join(', ') || 'never'
}
