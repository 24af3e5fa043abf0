import { isLoopbackHost } from '@sallyport/policy'
import { fetchIssuerDocument } from './issuer-document.ts'

/** What the kit needs to know about the issuer, and the whole document for clients that ask the resource for it. */
export interface IssuerMetadata {
  readonly issuer: string
  readonly jwksUri: string
  /** Undefined when there is none, or none that credentials may be sent to. */
  readonly tokenEndpoint: string | undefined
  readonly document: Readonly<Record<string, unknown>>
}

export type DiscoveredIssuer =
  | { readonly ok: true; readonly metadata: IssuerMetadata }
  | { readonly ok: false; readonly detail: string }

/**
 * Tells whether keys may be fetched from a URL: https, or http that stays on this machine.
 *
 * @param url any string
 */
export function isSecureUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, username, password, hash } = new URL(url)
  if (username !== '' || password !== '' || hash !== '') return false
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
}

/**
 * The places of an issuer's metadata, in the order in which they are tried.
 *
 * @param issuer an issuer identifier without query and fragment
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.1 RFC 8414 §3.1}
 */
export function metadataUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/+$/, '')
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
  return [...new Set(urls)]
}

/**
 * Finds the issuer's metadata. A document that names another issuer, by so much as a slash, is not the issuer's.
 *
 * @param issuer the issuer identifier, byte for byte as tokens carry it
 * @param fetchFunction the fetch to use
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 RFC 8414 §3.3}
 */
export async function discoverIssuer(issuer: string, fetchFunction: typeof fetch): Promise<DiscoveredIssuer> {
  const details: string[] = []
  for (const url of metadataUrls(issuer)) {
    const document = await fetchIssuerDocument(url, fetchFunction)
    if (!document.ok) {
      details.push(document.detail)
      // The other spellings live on the same server: asking them as well would only triple the wait.
      if (document.kind === 'unreachable') break
      continue
    }
    const read = readIssuerMetadata(document.value, issuer)
    if (read.ok) return read
    details.push(`${url} ${read.detail}`)
  }
  return { ok: false, detail: details.join('; ') }
}

function readIssuerMetadata(value: unknown, issuer: string): DiscoveredIssuer {
  if (typeof value !== 'object' || value === null) return { ok: false, detail: 'is not a JSON object' }
  const document: Record<string, unknown> = { ...value }
  if (document.issuer !== issuer) {
    return { ok: false, detail: `names issuer ${JSON.stringify(document.issuer)} instead of "${issuer}"` }
  }
  const jwksUri = endpointOf(document.jwks_uri, issuer)
  if (jwksUri === undefined) return { ok: false, detail: 'has no jwks_uri on https (or on loopback, like the issuer)' }
  const tokenEndpoint = endpointOf(document.token_endpoint, issuer)
  return { ok: true, metadata: { issuer, jwksUri, tokenEndpoint, document } }
}

function endpointOf(value: unknown, issuer: string): string | undefined {
  if (typeof value !== 'string' || !isSecureUrl(value)) return undefined
  // An issuer on the internet must not make us talk to a service on this machine.
  const isHttp = new URL(value).protocol === 'http:'
  return isHttp && new URL(issuer).protocol !== 'http:' ? undefined : value
}
