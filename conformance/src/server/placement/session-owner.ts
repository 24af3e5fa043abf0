import type { Check } from '../../check/check.ts'
import { faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import { isStateless } from '../../mcp/revision.ts'
import { controlToken, inWords } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

const OTHER_SUBJECT = 'examiner-other'

export const sessionOwner: Check<ServerSubject> = {
  id: 'session-of-another',
  requirement: 'RS-TR-12',
  title: 'A session is of no use to another user',
  risk: 'A session id that leaks (logs, proxies, a shared machine) gives another user the conversation and what it holds.',
  sends: 'tools/list in a session that one user opened, with the accepted token of another.',
  expects: '404, or 403.',
  remedies: {
    general: 'Keep the subject of the token with the session, and answer 404 when another comes.',
    sdk1: 'Keep authInfo.extra of the initialize request beside the transport, and compare before handleRequest.',
    sdk2: 'createMcpHandler has no sessions; beside NodeStreamableHTTPServerTransport keep the subject of `authInfo`, and compare before handleRequest.',
    fastmcp:
      'With version 2 of the Python SDK a session belongs to issuer, client and subject: update; a verifier of your own has to fill `subject`.',
    spring:
      'Turn on `sessionBinding(Customizer.withDefaults())` of McpServerOAuth2Configurer of mcp-security, which answers 403; without it, write such a filter.',
    kit: 'It keeps no sessions; with an SDK that does, keep `access.subject` beside the transport and compare.',
  },
  async run(subject) {
    const { mcp, wire, issuer, audience, scopes } = subject
    if (isStateless(mcp.revision)) return notApplicable('the revision has no sessions')
    if (issuer === undefined) return notApplicable('it takes a second user, whose token only the issuer can make')
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const scope = scopes.length === 0 ? undefined : scopes.join(' ')
    const other = await issuer.mint(audience, { claims: { sub: OTHER_SUBJECT, scope } })
    if (!isAccepted(await mcp.call(wire, { method: 'tools/list', token: other }))) {
      return incomplete('the token of a second user was not accepted')
    }
    const { session } = await mcp.open(wire, control.token)
    if (session === undefined) return notApplicable('the server has no sessions')
    const answer = await wire.send(mcp.request({ method: 'tools/list', token: other }, session))
    return isAccepted(answer) ? faulty(`the other user is answered ${inWords(answer)}`) : sound(inWords(answer))
  },
}
