import { errors } from 'oidc-provider'
import { isDocument } from './client-properties.ts'
import { ROUTES } from './routes.ts'
import type { Slice } from './slice.ts'

/** Asymmetric only: with a symmetric one the server could make the client's proof, and a public key would pass for the secret. */
export const CLIENT_ASSERTION_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const

/** Seconds by which the clock of a client may be ahead or behind. */
const CLOCK_TOLERANCE_SECONDS = 15

/** Five minutes is what clients use; longer ones are stolen for longer, and are remembered for longer by the database. */
export const ASSERTION_LIFETIME_MAX_SECONDS = 300

/** Characters; a UUID has 36. */
const JTI_LENGTH_MAX = 256

/** Types of an assertion that proves a client; every other type is a token made for something else. @see RFC 8725 §3.11 */
const TYPES = ['jwt', 'client-authentication+jwt']

type Members = Readonly<Record<string, unknown>>

/** What an assertion is judged by, beside its signature. */
interface Expected {
  readonly clientId: string
  readonly issuer: string
  /** Taken as the audience beside the issuer; undefined for a client that has to name the issuer. */
  readonly tokenEndpoint?: string | undefined
  /** Seconds since 1970. */
  readonly now: number
}

/** Clients that prove themselves by a signature. @see RFC 7523 §3, OAuth 2.1 §2.4.2 */
export function clientAssertions(issuer: string, now: () => number): Slice {
  return {
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    enabledJWA: { clientAuthSigningAlgValues: [...CLIENT_ASSERTION_ALGORITHMS] },
    // Called behind the engine's own checks: algorithm, signature by a registered key, exp, nbf.
    assertJwtClientAuthClaimsAndHeader(_ctx, claims, header, client) {
      const reason = refuseAssertion({ claims, header }, { ...expectedOf(client, issuer), now: now() })
      if (reason !== undefined) throw new errors.InvalidClientAuth(`client assertion: ${reason}`)
    },
  }
}

/**
 * Judges what an assertion says, once its signature holds.
 *
 * The audience is one string, our issuer: an assertion for a list of servers, or for the endpoint some metadata named, could
 * be replayed here by whoever it was made for. Clients that are known by their documents are what they are everywhere, and
 * one of the largest names the token endpoint: of them, ours is taken as well.
 * @returns why it proves nothing, or undefined
 * @see RFC 7523 §3, draft-ietf-oauth-rfc7523bis §4
 */
export function refuseAssertion(
  { claims, header }: { readonly claims: Members; readonly header: Members },
  { clientId, issuer, tokenEndpoint, now }: Expected,
): string | undefined {
  const { iss, sub, aud } = claims
  if (iss !== clientId || sub !== clientId) return 'iss and sub must both be the client id'
  if (typeof aud !== 'string' || (aud !== issuer && aud !== tokenEndpoint)) return `aud must be one string, ${issuer}`
  return refuseTimes(claims, now) ?? refuseId(claims) ?? refuseHeader(header)
}

function expectedOf(client: { clientId: string }, issuer: string): Omit<Expected, 'now'> {
  const tokenEndpoint = isDocument(client) ? issuer + ROUTES.token : undefined
  return { clientId: client.clientId, issuer, tokenEndpoint }
}

function refuseTimes({ exp, iat }: Members, now: number): string | undefined {
  const latest = now + CLOCK_TOLERANCE_SECONDS
  if (typeof exp !== 'number') return 'exp is missing'
  if (exp > latest + ASSERTION_LIFETIME_MAX_SECONDS) {
    return `exp must not be more than ${ASSERTION_LIFETIME_MAX_SECONDS} seconds ahead`
  }
  if (iat === undefined) return undefined
  if (typeof iat !== 'number' || iat > latest) return 'iat lies in the future'
  return iat < exp ? undefined : 'iat must lie before exp'
}

function refuseId({ jti }: Members): string | undefined {
  if (typeof jti !== 'string' || jti === '') return 'jti is missing'
  return jti.length <= JTI_LENGTH_MAX ? undefined : `jti is longer than ${JTI_LENGTH_MAX} characters`
}

function refuseHeader({ typ, crit }: Members): string | undefined {
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.includes(typ.toLowerCase()))) {
    return 'typ says that it was made for something else'
  }
  // What is critical and not understood must be refused, and no extension is understood here. @see RFC 7515 §4.1.11
  return crit === undefined ? undefined : 'crit names an extension that is not understood'
}
