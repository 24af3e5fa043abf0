import { judgeRedirectUri } from '../../config/redirect-uri.ts'
import { isKnownClient } from '../known-clients/recognise.ts'
import { type ClientView, displayName, isDisguised, type RedirectView, type ResourceView } from '../pages/index.ts'
import type { InteractionDeps, KnownClient, Pending } from './ports.ts'

/** Who asks, for what, and where the answer goes: what every page of an interaction shows. */
export interface Facts {
  readonly client: ClientView
  readonly resource: ResourceView
  readonly redirect: RedirectView
}

export async function factsOf(
  pending: Pending,
  deps: Pick<InteractionDeps, 'describeClient' | 'registry' | 'privateUseRedirects' | 'knownClients'>,
): Promise<Facts> {
  const client = clientViewOf(pending.clientId, await deps.describeClient(pending))
  const resource = (await deps.registry.current()).byUri(pending.resourceUri)
  const redirect = redirectView(pending.redirectUri, deps.privateUseRedirects)
  return {
    client: withFame(client, redirect, deps.knownClients),
    resource: { name: resource?.name ?? pending.resourceUri, uri: pending.resourceUri },
    redirect,
  }
}

/** @param known undefined for a client that is no longer here */
export function clientViewOf(clientId: string, known: KnownClient | undefined): ClientView {
  const name = displayName(known?.name ?? '', clientId)
  const view = { clientId, verification: verificationOf(known) }
  // What passes for another name is quoted once and never used: sentences name what we know instead.
  if (!isDisguised(name)) return { ...view, name }
  return { ...view, name: known?.documentHost ?? displayName('', clientId), disguisedName: name }
}

/** Whoever answered at that host over TLS wrote the document: the host is verified, and nothing else of what it says. */
function verificationOf(known: KnownClient | undefined): ClientView['verification'] {
  if (known?.documentHost !== undefined) return { kind: 'verified-domain', host: known.documentHost }
  return { kind: known?.preRegistered === true ? 'pre-registered' : 'unverified' }
}

/** Words for a client of the list. Which program listens on loopback is unknown all the same. */
function withFame(client: ClientView, redirect: RedirectView, list: InteractionDeps['knownClients']): ClientView {
  const { clientId, name, verification } = client
  if (verification.kind !== 'verified-domain') return client
  if (!isKnownClient({ clientId, name, redirectUri: redirect.uri }, list)) return client
  return { ...client, verification: { ...verification, known: redirect.kind === 'web' ? 'site' : 'program' } }
}

function redirectView(uri: string, privateUse: readonly string[]): RedirectView {
  const judged = judgeRedirectUri(uri, privateUse)
  const parsed = URL.parse(uri)
  const kind = judged.ok ? judged.kind : 'web'
  const display = kind === 'private-use' ? (parsed?.protocol ?? uri) : (parsed?.host ?? uri)
  return { uri, kind, display }
}
