import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import type { McpCall } from '../../mcp/speaker.ts'
import { controlToken } from '../asking.ts'
import { bearerParameters, scopesIn } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'
import { NO_SUCH_TOOL, operationsOf } from './guarded-operation.ts'

export const refusalBeyondScope: Check<ServerSubject> = {
  id: 'refusal-beyond-scope',
  requirement: 'RS-403-07',
  title: 'A refusal that no scope can cure asks for none',
  risk: 'The client sends the user to consent, comes back with the same rights, and is refused again: SDK clients loop until their limit.',
  sends: 'A call of a tool that does not exist, and the allowed calls, with the accepted token.',
  expects: 'No insufficient_scope for scopes that the token has, and none for what does not exist.',
  remedies: {
    general:
      'Answer insufficient_scope only where a scope is missing; refuse everything else as a JSON-RPC or tool error.',
    sdk1: 'Throw InsufficientScopeError for missing scopes alone; let tools answer `isError: true` for everything else.',
    sdk2: 'Return a scopeChallenge for missing scopes alone; let tools answer `isError: true` for everything else.',
    fastmcp:
      'It refuses a tool within the message, never by a challenge: nothing to do, unless a middleware of your own does.',
    spring:
      'An AccessDeniedException that leaves a filter becomes insufficient_scope: throw it for missing scopes alone, and let tools answer errors for the rest.',
    kit: 'It asks for scopes only where one would help: nothing to do.',
  },
  async run(subject) {
    const held = subject.grantedScopes ?? subject.scopes
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const missing: McpCall = { method: 'tools/call', params: { name: NO_SUCH_TOOL, arguments: {} } }
    const operations = [{ name: 'a tool that does not exist', call: missing }, ...operationsOf(subject)]
    for (const { name, call } of operations) {
      const answer = await subject.mcp.call(subject.wire, { ...call, token: control.token })
      const parameters = bearerParameters(answer)
      if (answer.status !== 403 || parameters?.get('error') !== 'insufficient_scope') continue
      const asked = scopesIn(parameters.get('scope'))
      const beyond = asked.filter((scope) => !held.includes(scope))
      // What a real token was granted is written in it for its server, and a minted one has all that is known.
      if (subject.issuer === undefined && subject.tokens === undefined)
        return notApplicable(`${name} needs ${asked.join(' ')}, which the token may lack`)
      if (beyond.length === 0)
        return faulty(`${name}: it asks for ${asked.join(' ') || 'no scope'}, which the token has`)
      if (call === missing) return doubtful(`${name}: it asks for ${beyond.join(' ')}`)
    }
    return sound('nothing is refused for scopes that are there')
  },
}
