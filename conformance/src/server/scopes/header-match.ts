import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import { isStateless } from '../../mcp/revision.ts'
import { controlToken, inWords } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

export const headersMatchBody: Check<ServerSubject> = {
  id: 'headers-match-body',
  requirement: 'RS-TR-04',
  title: 'A request whose headers name another method than its body is refused',
  risk: 'A gateway in front judges by the headers and the server does what the body says: what was allowed is not what is done.',
  sends: 'tools/list with an accepted token, under Mcp-Method: ping.',
  expects: '400 with the JSON-RPC error -32020.',
  remedies: {
    general:
      'Compare Mcp-Method and Mcp-Name with the body before anything else, and answer 400 with -32020 when they differ.',
    sdk1: 'It speaks no revision that has these headers: nothing to do.',
    sdk2: 'createMcpHandler compares them: nothing to do, unless something in front of it acts on the headers.',
    fastmcp:
      'A version that speaks 2026-07-28 has to compare them; until it does, compare them in a middleware, or drop the headers in front.',
    spring:
      'A version that speaks 2026-07-28 has to compare them; until it does, compare them in a filter of your own.',
    kit: 'It compares them before it decides anything: nothing to do.',
  },
  async run(subject) {
    const { mcp, wire } = subject
    if (!isStateless(mcp.revision)) return notApplicable('the revision has no such headers')
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const headers = [['mcp-method', 'ping']] as const
    const answer = await wire.send(mcp.request({ method: 'tools/list', token: control.token, headers }))
    if (isAccepted(answer)) return faulty(`it did what the body says: ${inWords(answer)}`)
    return answer.status === 400 ? sound(inWords(answer)) : doubtful(`${inWords(answer)}, where 400 is asked for`)
  },
}
