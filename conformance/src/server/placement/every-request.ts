import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted, isSuccess } from '../../mcp/json-rpc.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { controlToken, GARBAGE_TOKEN, inWords, isOutage, openSession } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

const SESSION = 'mcp-session-id'
const REMEDIES = {
  general:
    'Judge the token of every request before the session is looked up; a session remembers state and identifies nobody.',
  sdk1: "Put requireBearerAuth on app.all('/mcp', …), not on the request that initializes alone.",
  sdk2: 'Run requireBearerAuth on every Request of the path, GET and DELETE too, before the handler or the transport.',
  fastmcp:
    'An auth provider judges every request of the path: look for an application of your own that is mounted beside it.',
  spring:
    'Authenticate the whole path in the SecurityFilterChain, with `SessionCreationPolicy.STATELESS`, so that no cookie stands for the token.',
  kit: 'It judges every request: nothing to do.',
}

export const everyRequestNeedsToken: Check<ServerSubject> = {
  id: 'every-request-needs-token',
  requirement: 'RS-TOK-02',
  title: 'Every request needs its token',
  risk: 'Whoever learns a session id, or shares a connection in a proxy, acts as the user who opened it.',
  sends:
    'tools/list with an accepted token, then the same without one and with one that is none, in the same session where there are sessions.',
  expects: '401 for the second and the third.',
  remedies: REMEDIES,
  async run(subject) {
    const { mcp, wire } = subject
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const session = await openSession(subject, control.token)
    const first = await wire.send(mcp.request({ method: 'tools/list', token: control.token }, session))
    if (!isAccepted(first)) return incomplete(`with the token it is answered ${inWords(first)}`)
    const bare = await wire.send(mcp.request({ method: 'tools/list' }, session))
    if (isAccepted(bare)) return faulty(`without a token it is answered ${inWords(bare)}`)
    const bad = await wire.send(mcp.request({ method: 'tools/list', token: GARBAGE_TOKEN }, session))
    if (isAccepted(bad)) return faulty(`with a token that is none it is answered ${inWords(bad)}`)
    return isOutage(bare) ? doubtful(inWords(bare)) : sound(inWords(bare))
  },
}

export const streamNeedsToken: Check<ServerSubject> = {
  id: 'stream-needs-token',
  requirement: 'RS-TOK-02',
  title: 'The stream of a session needs a token',
  risk: 'Whoever learns a session id reads what the server tells its owner.',
  sends: 'GET of the endpoint in an open session, without a token.',
  expects: '401.',
  remedies: REMEDIES,
  run: (subject) => withoutTokenInSession(subject, 'GET'),
}

export const sessionEndNeedsToken: Check<ServerSubject> = {
  id: 'session-end-needs-token',
  requirement: 'RS-TOK-02',
  title: 'To end a session needs a token',
  risk: 'Whoever learns a session id throws its owner out.',
  sends: 'DELETE of an open session of the examiner, without a token.',
  expects: '401.',
  remedies: REMEDIES,
  run: (subject) => withoutTokenInSession(subject, 'DELETE'),
}

async function withoutTokenInSession(subject: ServerSubject, method: 'GET' | 'DELETE'): Promise<Finding> {
  const { mcp, wire, url } = subject
  const control = await controlToken(subject)
  if (control.kind === 'none') return control.finding
  const session = await openSession(subject, control.token)
  if (session === undefined) return notApplicable('the server has no sessions')
  const headers = [
    ['accept', 'text/event-stream'],
    [SESSION, session],
    ['mcp-protocol-version', mcp.revision],
  ] as const
  return judge(await wire.send({ method, url, headers }))
}

/** A method that the server does not have says 405, which gives nothing away that this is about. */
function judge(answer: WireAnswer): Finding {
  if (isSuccess(answer)) return faulty(`without a token it is answered ${inWords(answer)}`)
  return isOutage(answer) ? doubtful(inWords(answer)) : sound(inWords(answer))
}
