import type { Check } from '../../check/check.ts'
import { doubtful, faulty, incomplete, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { ServerSubject } from '../subject.ts'

export const noTokenRefused: Check<ServerSubject> = {
  id: 'no-token-refused',
  requirement: 'RS-401-01',
  title: 'Nobody lists the tools without a token',
  risk: 'Whoever reaches the server uses it, with whatever it may do; every other protection is in vain.',
  sends: 'tools/list without an Authorization header.',
  expects: '401.',
  remedies: {
    general: 'Check the access token of every request before MCP sees it, and answer 401 where there is none.',
    sdk1: 'Mount requireBearerAuth in front of the transport for every method of the endpoint.',
    sdk2: 'Run requireBearerAuth on the Request before createMcpHandler(…).fetch, and return what it answers.',
    fastmcp: 'Give the server an auth provider (JWTVerifier or RemoteAuthProvider); without one it is open.',
    spring:
      'Require authentication for the endpoint in the SecurityFilterChain: anyRequest().authenticated() with oauth2ResourceServer.',
    kit: 'Put guard.handle, or its adapter, in front of the MCP handler.',
  },
  async run({ mcp, wire }) {
    const answer = await mcp.call(wire, { method: 'tools/list' })
    if (answer.status === 401) return sound('401 without a token')
    if (isAccepted(answer)) return faulty(`${answer.status} with the result: no token is needed`)
    if (answer.status >= 500) return incomplete(`${answer.status}: the server does not work at present`)
    return doubtful(`refused by ${answer.status}, which tells no client to authorize: 401 is what it waits for`)
  },
}
