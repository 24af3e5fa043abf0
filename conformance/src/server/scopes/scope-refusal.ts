import type { Check } from '../../check/check.ts'
import { doubtful, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { isSuccess } from '../../mcp/json-rpc.ts'
import { inWords } from '../asking.ts'
import { bearerParameters, scopesIn } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'
import { withGuardedOperation } from './guarded-operation.ts'

const REMEDIES = {
  general:
    'Answer 403 with Bearer error="insufficient_scope", scope="<every scope of the operation>" and resource_metadata.',
  sdk1: 'requireBearerAuth knows one list of scopes for the endpoint; for a tool of its own, answer before the transport does.',
  sdk2: 'Set scopeChallenge: requireScopes(…) on the tool.',
  kit: 'Name the scopes of each tool class in the policy; the challenge is made of them.',
  fastmcp:
    'JWTVerifier answers 401 where its `required_scopes` are missing: leave them empty there and set `auth.required_scopes` of the RemoteAuthProvider, which answers 403; a scope of one tool needs a middleware in front that reads the message.',
  spring:
    'BearerTokenAccessDeniedHandler names neither `scope` nor `resource_metadata`: write an AccessDeniedHandler of your own that does.',
}

export const scopeRefusal: Check<ServerSubject> = {
  id: 'scope-refusal',
  requirement: 'RS-403-01',
  title: 'A missing scope is asked for',
  risk: 'A client cannot step up: it shows an error for what one more consent would allow.',
  sends: 'tools/list, and the allowed calls, with a sound token that has no scopes.',
  expects: '403 with error="insufficient_scope", `scope` and `resource_metadata`.',
  remedies: REMEDIES,
  run: (subject) =>
    withGuardedOperation(subject, async ({ refusal, name }) => {
      const parameters = bearerParameters(refusal)
      if (parameters === undefined) return faulty(`${name}: 403 without a Bearer challenge`)
      const error = parameters.get('error')
      if (error !== 'insufficient_scope')
        return faulty(`${name}: 403 with ${error === undefined ? 'no error code' : `error="${error}"`}`)
      const scopes = scopesIn(parameters.get('scope'))
      if (scopes.length === 0) return faulty(`${name}: the challenge does not say which scope is missing`)
      return parameters.has('resource_metadata')
        ? sound(`${name} needs ${scopes.join(' ')}`)
        : faulty(`${name}: the challenge does not say where the metadata is`)
    }),
}

export const scopeChallengeComplete: Check<ServerSubject> = {
  id: 'scope-challenge-complete',
  requirement: 'RS-403-02',
  title: 'One challenge names every scope that the operation needs',
  risk: 'The user is sent to consent once for every scope, and clients give up: SDK 2.x after one round more.',
  sends: 'What was refused, with a sound token that has exactly the scopes of the challenge.',
  expects: 'No second refusal for want of a scope.',
  remedies: REMEDIES,
  run: (subject) =>
    withGuardedOperation(subject, async ({ refusal, call, name, source }) => {
      const asked = scopesIn(bearerParameters(refusal)?.get('scope'))
      // Another question is about that, and here there is nothing left to ask.
      if (asked.length === 0) return notApplicable(`${name}: the challenge names no scopes`)
      const enough = await source.exactly(asked)
      if (enough.kind === 'none')
        return notApplicable(`a token with ${asked.join(' ')} is not to be had: ${enough.why}`)
      const answer = await subject.mcp.call(subject.wire, { ...call, token: enough.token })
      if (isSuccess(answer)) return sound(`${asked.join(' ')} is enough for ${name}`)
      if (answer.status !== 403) return incomplete(`with ${asked.join(' ')} it is answered ${inWords(answer)}`)
      const next = scopesIn(bearerParameters(answer)?.get('scope')).filter((scope) => !asked.includes(scope))
      if (next.length > 0) return faulty(`with ${asked.join(' ')}, it asks for ${next.join(' ')} as well`)
      // It may be refused for what no scope cures; then the challenge is at fault, and another check says so.
      return doubtful(`with every scope of its own challenge it is answered ${inWords(answer)}`)
    }),
}

/** Older than any tolerance for clocks. Seconds. */
const LONG_AGO_SECONDS = 3_600

export const expiryBeforeScope: Check<ServerSubject> = {
  id: 'expiry-before-scope',
  requirement: 'RS-401-05',
  title: 'An expired token is refused as expired, whatever scopes it lacks',
  risk: 'The client asks the user for more rights instead of refreshing the token, and often for ones the user has given already.',
  sends: 'What needs a scope, with a token that expired an hour ago and has no scopes.',
  expects: '401 with error="invalid_token", not 403.',
  remedies: {
    general: 'Verify signature, issuer, audience and expiry first, and look at scopes last.',
    sdk1: 'requireBearerAuth looks at scopes before expiry: throw InvalidTokenError for an expired token in verifyAccessToken.',
    sdk2: 'requireBearerAuth looks at scopes before expiry: throw OAuthError invalid_token for an expired token in the verifier.',
    fastmcp: 'JWTVerifier looks at the expiry first: nothing to do.',
    spring: 'The decoder judges the token before any rule about scopes: nothing to do.',
    kit: 'It judges the token first: nothing to do.',
  },
  run: (subject) =>
    withGuardedOperation(subject, async ({ call, name }) => {
      const { issuer } = subject
      if (issuer === undefined)
        return notApplicable('an expired token without scopes is one that only the issuer can make')
      const now = Math.floor(Date.now() / 1000)
      const times = { iat: now - 2 * LONG_AGO_SECONDS, exp: now - LONG_AGO_SECONDS }
      const token = await issuer.mint(subject.audience, { claims: { ...times, scope: undefined } })
      const answer = await subject.mcp.call(subject.wire, { ...call, token })
      if (answer.status === 401) return sound(`${name}: ${inWords(answer)}`)
      return answer.status === 403 ? faulty(`${name}: ${inWords(answer)}`) : doubtful(`${name}: ${inWords(answer)}`)
    }),
}
