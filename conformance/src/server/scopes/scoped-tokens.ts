import type { RealToken } from '../real-tokens.ts'
import type { ServerSubject } from '../subject.ts'

/** A real sign-in costs requests at the issuer, so no more tokens than these are tried for the least that one may do. */
const REAL_LEAST_MAX = 2

/** Tokens that are sound in everything and may do what is asked for, no more. */
export interface ScopedTokens {
  /** Tokens that may do little, the least first. */
  least(): AsyncIterable<RealToken>
  /** A token with exactly these scopes, or why there is none. */
  exactly(scopes: readonly string[]): Promise<RealToken>
}

/** @returns undefined where nobody makes tokens for the run */
export function scopedTokens(subject: ServerSubject): ScopedTokens | undefined {
  const { issuer, audience, tokens } = subject
  if (issuer !== undefined) {
    const exactly = async (scopes: readonly string[]): Promise<RealToken> => {
      const token = await issuer.mint(audience, {
        claims: { scope: scopes.length === 0 ? undefined : scopes.join(' ') },
      })
      return { kind: 'token', token, scopes, expiresAt: undefined }
    }
    return {
      exactly,
      async *least() {
        yield await exactly([])
      },
    }
  }
  if (tokens === undefined) return undefined
  const exactly = async (scopes: readonly string[]): Promise<RealToken> => {
    const got = await tokens.get({ kind: 'scopes', scopes })
    return got.kind === 'token' && !isSame(got.scopes, scopes)
      ? { kind: 'none', why: `the issuer gave ${got.scopes.join(' ') || 'no scope'}` }
      : got
  }
  return {
    exactly,
    /** An issuer gives no token without any scope, so each of them is tried alone. */
    async *least() {
      const { grantedScopes = [] } = subject
      if (grantedScopes.length < 2) {
        yield { kind: 'none', why: 'the issuer knows one scope of this server at most' }
        return
      }
      for (const scope of grantedScopes.slice(0, REAL_LEAST_MAX)) yield await exactly([scope])
    },
  }
}

function isSame(given: readonly string[], asked: readonly string[]): boolean {
  return given.length === asked.length && given.every((scope) => asked.includes(scope))
}
