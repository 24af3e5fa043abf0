import { judgeRedirectUri } from '../../config/redirect-uri.ts'
import { type ClientView, displayName, type RedirectView, type ResourceView } from '../pages/index.ts'
import type { InteractionDeps, KnownClient, Pending } from './ports.ts'

/** Who asks, for what, and where the answer goes: what every page of an interaction shows. */
export interface Facts {
  readonly client: ClientView
  readonly resource: ResourceView
  readonly redirect: RedirectView
}

export async function factsOf(
  pending: Pending,
  deps: Pick<InteractionDeps, 'describeClient' | 'registry' | 'privateUseRedirects'>,
): Promise<Facts> {
  const known = await deps.describeClient(pending)
  const resource = (await deps.registry.current()).byUri(pending.resourceUri)
  return {
    client: clientViewOf(pending.clientId, known),
    resource: { name: resource?.name ?? pending.resourceUri, uri: pending.resourceUri },
    redirect: redirectView(pending.redirectUri, deps.privateUseRedirects),
  }
}

/** @param known undefined for a client that is no longer here */
export function clientViewOf(clientId: string, known: KnownClient | undefined): ClientView {
  return { clientId, name: displayName(known?.name ?? '', clientId), verification: verificationOf(known) }
}

/** Whoever answered at that host over TLS wrote the document: the host is verified, and nothing else of what it says. */
function verificationOf(known: KnownClient | undefined): ClientView['verification'] {
  if (known?.documentHost !== undefined) return { kind: 'verified-domain', host: known.documentHost }
  return { kind: known?.preRegistered === true ? 'pre-registered' : 'unverified' }
}

function redirectView(uri: string, privateUse: readonly string[]): RedirectView {
  const judged = judgeRedirectUri(uri, privateUse)
  const parsed = URL.parse(uri)
  const kind = judged.ok ? judged.kind : 'web'
  const display = kind === 'private-use' ? (parsed?.protocol ?? uri) : (parsed?.host ?? uri)
  return { uri, kind, display }
}
