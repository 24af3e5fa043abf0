import { claimsOf } from '../as/tokens/access-token.ts'
import type { TokenResponse } from '../oauth/token-request.ts'
import type { ReplaySettings } from './replay.ts'
import { wordsOf } from './requests.ts'

/** Whether a token is of use at the MCP server, as far as can be seen from outside of it. */
export type TokenJudgement =
  | { readonly kind: 'of use'; readonly words: string }
  | { readonly kind: 'of no use'; readonly why: string }
  /** Not a JWT: whoever issued it alone can tell. */
  | { readonly kind: 'opaque' }

/**
 * Looks at audience and scope, as the MCP server will.
 * @param needed scopes it must hold all of; those of the MCP server as a rule
 */
export function judgeToken(
  { resource }: Pick<ReplaySettings, 'resource'>,
  tokens: TokenResponse,
  needed: readonly string[],
): TokenJudgement {
  const claims = claimsOf(tokens.accessToken)
  if (claims === undefined) return { kind: 'opaque' }
  const audience = [claims.aud ?? []].flat()
  if (resource !== undefined && !audience.includes(resource)) {
    return { kind: 'of no use', why: `it is for ${audience.join(', ') || 'nobody'}, and the MCP server is ${resource}` }
  }
  const scopes = scopesOf(tokens)
  const absent = needed.filter((scope) => !scopes.includes(scope))
  if (absent.length > 0) return { kind: 'of no use', why: `it lacks ${absent.join(', ')}` }
  return { kind: 'of use', words: `it is for ${audience.join(', ')}, with ${scopes.join(' ') || 'no scope'}` }
}

/** Scopes of a token, by the response and by the token itself. */
export function scopesOf(tokens: TokenResponse): readonly string[] {
  return [...new Set([...wordsOf(tokens.scope), ...wordsOf(claimsOf(tokens.accessToken)?.scope)])]
}
