import { compactVerify, createLocalJWKSet, decodeProtectedHeader, type JWK } from 'jose'
import { z } from 'zod'
import type { KeyRing } from '../keys/key-ring.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'

/** An access token that this issuer signed. Whether anything of it is still live is another question. */
export interface IssuedAccessToken {
  readonly grantId: string
  readonly accountId: string
  readonly clientId: string
  /** The one resource it is for. */
  readonly audience: string
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** Everything that was signed, by its name on the wire. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Reads an access token of this issuer: the token it signed, or undefined for anything else, an ended one included in the
 * former: whether it has ended is asked of the database, together with everything else that ends it.
 */
export type ReadAccessToken = (token: string) => Promise<IssuedAccessToken | undefined>

/**
 * Makes the reader of this issuer's access tokens. Only its own published keys count, with the algorithm of each; a header
 * that names a key, an address or another type is believed in nothing.
 * @see RFC 9068 §4, RFC 8725 §3.1, §3.11
 */
export function createAccessTokenReader(issuer: string, keyRing: Pick<KeyRing, 'knowing'>): ReadAccessToken {
  const claimsOf = claimsSchema(issuer)
  let verifier: Verifier | undefined
  return async (token) => {
    const kid = kidOf(token)
    if (kid === undefined) return undefined
    const signingKeys = await keyRing.knowing(kid)
    if (verifier?.signingKeys !== signingKeys) verifier = createVerifier(signingKeys)
    const { keys, algorithms } = verifier
    const verified = await compactVerify(token, keys, { algorithms }).catch(() => undefined)
    if (verified?.protectedHeader.typ !== 'at+jwt') return undefined
    const parsed = claimsOf.safeParse(JSON.parse(new TextDecoder().decode(verified.payload)))
    if (!parsed.success) return undefined
    const { gid: grantId, sub: accountId, client_id: clientId, aud: audience, exp: expiresAt } = parsed.data
    return { grantId, accountId, clientId, audience, expiresAt, claims: parsed.data }
  }
}

type Verifier = ReturnType<typeof createVerifier>

function createVerifier(signingKeys: SigningKeys) {
  const { keys } = signingKeys.jwks
  const algorithms = keys.map(({ alg }) => alg).filter((alg) => alg !== undefined)
  return { signingKeys, algorithms, keys: createLocalJWKSet({ keys: keys.map(publicPart) }) }
}

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

function claimsSchema(issuer: string) {
  return z.looseObject({
    iss: z.literal(issuer),
    sub: z.string(),
    aud: z.string(),
    client_id: z.string(),
    gid: z.string(),
    exp: z.number(),
  })
}

// The private members must not get into a key that verifies.
function publicPart({ kty, crv, x, y, kid, alg, use }: JWK): JWK {
  return Object.fromEntries(
    Object.entries({ kty, crv, x, y, kid, alg, use }).filter(([, value]) => value !== undefined),
  )
}
