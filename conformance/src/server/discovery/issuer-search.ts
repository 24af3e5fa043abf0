import { Unanswered, type Wire } from '../../wire/wire.ts'
import { documentOf, fetchDocument } from './documents.ts'

/** How many of the named issuers are asked: a list can be long, and every one costs three requests. */
export const ISSUERS_MAX = 3

/** What came of looking for the metadata of an issuer. */
export type IssuerSearch =
  | { readonly kind: 'found'; readonly url: string; readonly document: Readonly<Record<string, unknown>> }
  /** Every address answered, and none with metadata. */
  | { readonly kind: 'absent'; readonly tried: readonly string[] }
  /** One of them did not answer, or not usefully: from elsewhere it may. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/**
 * Addresses of an authorization server's metadata in the order in which a client asks.
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.1
 */
export function issuerAddresses(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const all = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
  return [...new Set(all)]
}

export async function findIssuer(wire: Wire, issuer: string): Promise<IssuerSearch> {
  const tried = issuerAddresses(issuer)
  for (const url of tried) {
    try {
      const answer = await fetchDocument(wire, url)
      const document = documentOf(answer)
      if (document !== undefined) return { kind: 'found', url, document }
      if (answer.status >= 500 || answer.status === 429) {
        return { kind: 'unreachable', reason: `${url} answered ${answer.status}` }
      }
    } catch (error) {
      if (error instanceof Unanswered) return { kind: 'unreachable', reason: error.message }
      throw error
    }
  }
  return { kind: 'absent', tried }
}
