import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted, readRpc } from '../../mcp/json-rpc.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { askWithoutToken, inWords } from '../asking.ts'
import { NO_SUCH_TOOL } from '../scopes/guarded-operation.ts'
import type { AllowedCall, ServerSubject } from '../subject.ts'

export const toolCallNeedsToken: Check<ServerSubject> = {
  id: 'tool-call-needs-token',
  requirement: 'RS-TOK-02',
  title: 'Nobody calls a tool without a token',
  risk: 'Whoever guesses the name of a tool, or read it in the source, runs it without signing in.',
  sends: 'A call of a tool that does not exist, and the allowed calls, without a token.',
  expects: '401 to each. A word about the tool instead is a warning; an allowed tool that runs is a failure.',
  remedies: {
    general: 'Judge the token before the message is read, whatever its method.',
    sdk1: "Put requireBearerAuth on app.all('/mcp', …) and in front of the transport, not inside of tools.",
    sdk2: 'Run requireBearerAuth on every Request before createMcpHandler(…).fetch sees it.',
    fastmcp: 'Give the server an auth provider; a middleware that looks at single tools comes too late.',
    spring:
      'Let the SecurityFilterChain ask for authentication on the whole path, and not a filter that reads the body.',
    kit: 'Put guard.handle, or its adapter, in front of the MCP handler; nothing else has to be set.',
  },
  async run(subject) {
    const list = await askWithoutToken(subject)
    if (isAccepted(list)) return notApplicable('it lists its tools without a token as well')
    const unknown = await call(subject, { tool: NO_SUCH_TOOL, args: {} })
    for (const allowed of subject.allowedCalls) {
      const answer = await call(subject, allowed)
      if (isAccepted(answer)) return faulty(`${allowed.tool} ran without a token: ${inWords(answer)}`)
    }
    return judgeUnknown(unknown, list)
  },
}

function call({ mcp, wire }: ServerSubject, { tool, args }: AllowedCall): Promise<WireAnswer> {
  return mcp.call(wire, { method: 'tools/call', params: { name: tool, arguments: args } })
}

function judgeUnknown(answer: WireAnswer, list: WireAnswer): Finding {
  if (answer.status === 401) return sound('401 without a token')
  // That a tool does not exist is no secret; whether one that does would have run is not seen here.
  const isOtherwise = inWords(answer) !== inWords(list)
  if (isOtherwise && readRpc(answer) !== undefined && answer.status < 400)
    return doubtful(`a call without a token reached the tools: ${inWords(answer)}`)
  return sound(`refused: ${inWords(answer)}`)
}
