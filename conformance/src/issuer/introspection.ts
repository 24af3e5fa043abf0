import type { MintChange } from './hostile-issuer.ts'
import type { Minted } from './mint.ts'

/** What the issuer knows of the tokens it minted. */
export interface TokenLedger {
  record(minted: Minted, change: MintChange): void
  revoke(token: string): void
  /**
   * The answer to an introspection request. Honest: a token that an authorization server would not stand for is inactive,
   * because a server that believes `active` is sound. The audience is not the issuer's to judge.
   * @param now seconds since the epoch
   * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 RFC 7662 §2.2}
   */
  introspect(token: string, now: number): Readonly<Record<string, unknown>>
}

const OWN_SIGNATURES: ReadonlySet<MintChange['signature']> = new Set([undefined, 'other-curve', 'rotated'])

export function createTokenLedger(issuer: string): TokenLedger {
  const known = new Map<string, Minted['claims']>()
  const revoked = new Set<string>()
  return {
    record({ token, claims, header }, change) {
      const bent = change.bend !== undefined || change.bendPayload !== undefined
      const typed = header.typ === 'at+jwt' && header.crit === undefined
      if (!bent && typed && OWN_SIGNATURES.has(change.signature) && claims.iss === issuer) known.set(token, claims)
    },
    revoke(token) {
      revoked.add(token)
    },
    introspect(token, now) {
      const claims = known.get(token)
      if (claims === undefined || !isCurrent(claims, now)) return { active: false }
      return { active: !revoked.has(token), token_type: 'Bearer', ...claims }
    },
  }
}

/** A token that begins in a moment is good: the clock by which it was made may be ahead. Seconds. */
const CLOCK_AHEAD_SECONDS = 30

function isCurrent({ exp, nbf }: Minted['claims'], now: number): boolean {
  return (
    typeof exp === 'number' &&
    exp > now &&
    (nbf === undefined || (typeof nbf === 'number' && nbf <= now + CLOCK_AHEAD_SECONDS))
  )
}
