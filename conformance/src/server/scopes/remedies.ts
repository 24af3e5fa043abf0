import type { Remedies } from '../../check/check.ts'

/** @param general what holds for any server */
export function scopeRemedies(general: string): Remedies {
  return {
    general,
    sdk1: 'requireBearerAuth does it for one list of scopes, `requiredScopes`; for a tool of its own, read the message in a middleware and answer 403 before the transport does.',
    sdk2: 'Set `scopeChallenge: requireScopes(…)` on the tool, and `requiredScopes` of requireBearerAuth for what every request needs.',
    fastmcp:
      '`required_scopes` of the verifier does it for every request; `auth=require_scopes(…)` of a tool hides the tool instead, so a scope of one tool needs a middleware of your own in front.',
    spring:
      'Rules of the SecurityFilterChain (`hasAuthority("SCOPE_…")`) answer 403 with insufficient_scope; a rule for one tool needs a filter that reads the message. `@PreAuthorize` on a tool comes too late.',
    kit: 'Name the scopes of each tool in the tools file; the refusal is made of them.',
  }
}
