import type { Remedies } from '../../check/check.ts'

/** @param general what holds for any server */
export function scopeRemedies(general: string): Remedies {
  return {
    general,
    sdk1: 'requireBearerAuth does it for one list of scopes, `requiredScopes`; for a tool of its own, read the message in a middleware and answer 403 before the transport does.',
    sdk2: 'Set `scopeChallenge: requireScopes(…)` on the tool, and `requiredScopes` of requireBearerAuth for what every request needs.',
    fastmcp:
      'JWTVerifier answers 401 where its `required_scopes` are missing: leave them empty there and set `auth.required_scopes` of the RemoteAuthProvider, which answers 403; `auth=require_scopes(…)` of a tool refuses within the message, so that a scope of one tool needs a middleware in front.',
    spring:
      'Rules of the SecurityFilterChain (`hasAuthority("SCOPE_…")`) answer 403 with insufficient_scope; a rule for one tool needs a filter that reads the message. `@PreAuthorize` on a tool comes too late.',
    kit: 'Name the scopes of each tool in the tools file; the refusal is made of them.',
  }
}
