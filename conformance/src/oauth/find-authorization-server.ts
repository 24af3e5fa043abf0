import { isRecord } from '../mcp/json-rpc.ts'
import { jsonOf, type WireAnswer } from '../wire/message.ts'
import { Unanswered, type Wire } from '../wire/wire.ts'
import type { AuthorizationServer } from './authorization-server.ts'

/** What came of looking for the metadata of an issuer. */
export type IssuerSearch =
  | { readonly kind: 'found'; readonly server: AuthorizationServer }
  /** Every address answered, and none with metadata. */
  | { readonly kind: 'absent'; readonly tried: readonly string[] }
  /** One of them did not answer, or not usefully: from elsewhere it may. */
  | { readonly kind: 'unreachable'; readonly reason: string }

/** Addresses of the metadata: a well-known segment before the path of the issuer, or behind it, or without it. */
export type MetadataSpelling = 'oauth-inserted' | 'openid-inserted' | 'openid-appended' | 'oauth-at-root'

const STANDARD_ORDER: readonly MetadataSpelling[] = ['oauth-inserted', 'openid-inserted', 'openid-appended']

/**
 * Addresses of an authorization server's metadata in the order in which a client asks.
 * @param order of a client that does otherwise than the standard says
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.1
 */
export function issuerAddresses(
  issuer: string,
  order: readonly MetadataSpelling[] = STANDARD_ORDER,
): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const addresses: Readonly<Record<MetadataSpelling, string>> = {
    'oauth-inserted': `${origin}/.well-known/oauth-authorization-server${path}`,
    'openid-inserted': `${origin}/.well-known/openid-configuration${path}`,
    'openid-appended': `${origin}${path}/.well-known/openid-configuration`,
    'oauth-at-root': `${origin}/.well-known/oauth-authorization-server`,
  }
  return [...new Set(order.map((spelling) => addresses[spelling]))]
}

/** Finds the metadata of an issuer as a client does: the first address that answers 200 with an object. */
export async function findAuthorizationServer(wire: Wire, issuer: string): Promise<IssuerSearch> {
  const tried = issuerAddresses(issuer)
  for (const url of tried) {
    try {
      const answer = await wire.once(`GET ${url}`, () => fetchMetadata(wire, url), { keep: isLasting })
      const metadata = answer.status === 200 ? jsonOf(answer) : undefined
      if (isRecord(metadata)) return { kind: 'found', server: { issuer, url, metadata } }
      if (!isLasting(answer)) {
        return { kind: 'unreachable', reason: `${url} answered ${answer.status}` }
      }
    } catch (error) {
      if (error instanceof Unanswered) return { kind: 'unreachable', reason: error.message }
      throw error
    }
  }
  return { kind: 'absent', tried }
}

function fetchMetadata(wire: Wire, url: string): Promise<WireAnswer> {
  return wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
}

/** An outage says nothing of what will be there in a moment. */
const isLasting = ({ status }: WireAnswer): boolean => status < 500 && status !== 429
