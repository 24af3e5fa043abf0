import type { Check } from '../../check/check.ts'
import { doubtful, incomplete, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { ServerSubject } from '../subject.ts'

export const soundTokenAccepted: Check<ServerSubject> = {
  id: 'sound-token-accepted',
  requirement: 'RS-TOK-03',
  title: 'A sound token is accepted',
  risk: 'A server that refuses every token passes every other check and serves nobody.',
  sends: 'tools/list with a sound access token: for this server, of its issuer, with every scope that it names.',
  expects: '200 with the list of tools.',
  remedies: {
    general:
      'Compare what the server expects (issuer, audience, scopes) with what the report says was sent; a slash more or less is the usual reason.',
    sdk1: 'Log what your `verifyAccessToken` throws, and compare `expectedResource` of requireBearerAuth with `AuthInfo.resource`: both go through URL, which adds a slash to an origin.',
    sdk2: 'Log what your verifier throws, and compare `expectedResource` of requireBearerAuth with `AuthInfo.resource`.',
    fastmcp:
      'Set the log level to DEBUG: `JWTVerifier` says there which comparison failed. Compare `issuer`, `audience` and `algorithm`, which is RS256 unless set.',
    spring:
      'Set `logging.level.org.springframework.security=DEBUG`. A decoder takes RS256 alone unless `jws-algorithms` says otherwise, and refuses the type `at+jwt` unless it was built with `validateType(false)`.',
    kit: '`log` tells the reason of every refusal; `issuer` and `resource` must be, letter by letter, what tokens carry.',
  },
  async run({ mcp, wire, acceptedToken, whyNoToken }) {
    if (acceptedToken === undefined) return incomplete(whyNoToken ?? 'the server accepted no token')
    const answer = await mcp.call(wire, { method: 'tools/list', token: acceptedToken })
    return isAccepted(answer)
      ? sound(`${answer.status} with the list of tools`)
      : doubtful(`${answer.status}, although the same token was accepted a moment ago`)
  },
}
