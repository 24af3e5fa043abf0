import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { askWithoutToken, inWords } from '../asking.ts'
import { bearerParameters } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'

const METHODS = ['GET', 'HEAD', 'DELETE'] as const
/** No revision of the protocol, and well formed. */
const NO_REVISION = '1999-01-01'
/** No method of any revision or extension. */
const NO_METHOD = 'sallyport_examine/nothing'
const NO_COMPARISON = 'an ordinary request without a token is not answered 401 with a Bearer challenge either'

export const refusalBeforeMethod: Check<ServerSubject> = {
  id: 'refusal-before-method',
  requirement: 'RS-401-06',
  title: 'Without a token, GET, HEAD and DELETE are answered 401 too',
  risk: 'claude.ai probes with GET: a bare 405 tells it that the server needs no sign-in, and OAuth never begins.',
  sends: 'GET, HEAD and DELETE of the endpoint without a token.',
  expects: '401 with a Bearer challenge, before anything is said of the method.',
  remedies: {
    general: 'Judge the token before the method, for every method but OPTIONS.',
    sdk1: "app.all('/mcp', requireBearerAuth(…), …), not app.post alone.",
    sdk2: 'Call requireBearerAuth for every request of the path, and createMcpHandler after it.',
    fastmcp:
      'The route judges tokens of GET, POST and DELETE; with `stateless_http` GET is 405 before that: answer it 401 in front.',
    spring: 'The SecurityFilterChain judges every method: nothing to do.',
    kit: 'It judges every method but OPTIONS: nothing to do.',
  },
  async run(subject) {
    if (judgeFirst('POST', await askWithoutToken(subject)) !== undefined) return incomplete(NO_COMPARISON)
    for (const method of METHODS) {
      const headers = [['accept', 'application/json, text/event-stream']] as const
      const wrong = judgeFirst(method, await subject.wire.send({ method, url: subject.url, headers }))
      if (wrong !== undefined) return wrong
    }
    return sound(`401 with a challenge to ${METHODS.join(', ')}`)
  },
}

export const refusalBeforeVersion: Check<ServerSubject> = {
  id: 'refusal-before-version',
  requirement: 'RS-401-06',
  title: 'Without a token, an unknown protocol version is answered 401 too',
  risk: 'A client of another revision never learns that it needs a token; who has none learns which versions are served.',
  sends: `tools/list without a token, MCP-Protocol-Version: ${NO_REVISION}.`,
  expects: '401 with a Bearer challenge.',
  remedies: {
    general: 'Judge the token before the headers of the transport.',
    sdk1: 'Mount requireBearerAuth before the transport, which looks at the version: nothing else to do.',
    sdk2: 'Run requireBearerAuth before createMcpHandler, which looks at the version: nothing else to do.',
    fastmcp: 'The token is judged before the transport: nothing to do.',
    spring: 'The SecurityFilterChain comes before the transport: nothing to do.',
    kit: 'It judges the token first: nothing to do.',
  },
  async run(subject) {
    if (judgeFirst('POST', await askWithoutToken(subject)) !== undefined) return incomplete(NO_COMPARISON)
    const request = subject.mcp.request({ method: 'tools/list', headers: [['mcp-protocol-version', NO_REVISION]] })
    return judgeFirst('it', await subject.wire.send(request)) ?? sound('401 with a challenge')
  },
}

export const refusalBeforeUnknownMethod: Check<ServerSubject> = {
  id: 'refusal-before-unknown-method',
  requirement: 'RS-401-06',
  title: 'Without a token, a method that does not exist is answered 401 too',
  risk: 'Who has no token learns which methods there are; a client that begins with one the server does not know never learns where to sign in.',
  sends: `${NO_METHOD} without a token.`,
  expects: '401 with a Bearer challenge.',
  remedies: {
    general: 'Judge the token before the message.',
    sdk1: "Put requireBearerAuth in front of the transport for every request: app.all('/mcp', …).",
    sdk2: 'Run requireBearerAuth before createMcpHandler(…).fetch, for every request.',
    fastmcp: 'An auth provider judges every request of the path: nothing to do.',
    spring: 'The SecurityFilterChain judges every request of the path: nothing to do.',
    kit: 'It judges the token before the message: nothing to do.',
  },
  async run(subject) {
    if (judgeFirst('POST', await askWithoutToken(subject)) !== undefined) return incomplete(NO_COMPARISON)
    return (
      judgeFirst('it', await subject.mcp.call(subject.wire, { method: NO_METHOD })) ?? sound('401 with a challenge')
    )
  },
}

function judgeFirst(what: string, answer: WireAnswer): Finding | undefined {
  if (isAccepted(answer)) return faulty(`${what} is answered ${inWords(answer)}`)
  if (answer.status !== 401) return doubtful(`${what} is answered ${inWords(answer)}`)
  return bearerParameters(answer) === undefined ? faulty(`${what} is answered 401 without a challenge`) : undefined
}
