import { type Detected, detectRevision } from '../../mcp/detect.ts'
import { createSpeaker } from '../../mcp/http-speaker.ts'
import { isStateless, type Revision, STATELESS_SINCE } from '../../mcp/revision.ts'
import type { McpSpeaker } from '../../mcp/speaker.ts'
import type { WireRequest } from '../../wire/message.ts'
import { Unanswered, type Wire } from '../../wire/wire.ts'
import { judgeListening, LISTENING_MS } from '../answers/listening.ts'
import { judgeReception } from '../answers/reception.ts'
import { judgeRepetition, judgeTools, REPETITIONS } from '../answers/repetition.ts'
import { judgeSilence } from '../answers/silence.ts'
import { type Answered, ask, type Reply, type Silent, silenceOf } from '../reply.ts'
import { ok, type Step, warn } from '../step.ts'
import { readToken } from '../token/claims.ts'
import { dislikesOf } from '../token/dislikes.ts'
import type { Expectation } from '../token/expectation.ts'

export interface TokenQuestion {
  readonly endpoint: string
  readonly token: string
  readonly expectation: Expectation
  /** What the server answers without a token. */
  readonly refusal: Answered
}

/** What the server does with a token, after it was said what it will dislike. */
export async function useToken(wire: Wire, question: TokenQuestion, tell: (step: Step) => void): Promise<void> {
  const { endpoint, token, expectation, refusal } = question
  const read = readToken(token)
  const dislikes = read === undefined ? [] : dislikesOf(read, expectation)
  if (read === undefined) tell(ok('token-read', 'The token is no JWT: only the server and its issuer can read it.'))
  else if (dislikes.length === 0) tell(ok('token-read', 'The token is of this issuer, for this server, and valid now.'))
  for (const { step, ...ailing } of dislikes) tell(warn(step, ailing))
  const detected = await present(wire, endpoint, token)
  if (detected.kind === 'silent') return tell(await explain(wire, question, detected))
  const reception = judgeReception(detected, { without: refusal.answer, dislikes, token: read })
  tell(reception)
  if (detected.kind === 'speaks') await listTools(wire, { endpoint, token, revision: detected.revision }, tell)
}

type Presented = Detected | Silent

async function present(wire: Wire, endpoint: string, token: string): Promise<Presented> {
  try {
    return await detectRevision(wire, endpoint, token)
  } catch (error) {
    if (error instanceof Unanswered) return silenceOf(error)
    throw error
  }
}

/** The same once more, where an event stream may not be the answer: what is held back on the way is a stream. */
async function explain(wire: Wire, { endpoint, token }: TokenQuestion, silent: Silent): Promise<Step> {
  const plain = createSpeaker(endpoint, STATELESS_SINCE).request({
    method: 'server/discover',
    token,
    headers: [['accept', 'application/json']],
  })
  return judgeSilence(silent, await ask(wire, plain))
}

interface ListQuestion {
  readonly endpoint: string
  readonly token: string
  readonly revision: Revision
}

/** What a person waits for, and the same again: one balancer in front may lead to several servers. */
async function listTools(
  wire: Wire,
  { endpoint, token, revision }: ListQuestion,
  tell: (step: Step) => void,
): Promise<void> {
  const speaker = createSpeaker(endpoint, revision)
  const session = isStateless(revision) ? undefined : await openSession(wire, { endpoint, token, revision })
  const replies: Reply[] = []
  for (let round = 0; round < REPETITIONS; round += 1) {
    replies.push(await ask(wire, onItsOwn(speaker.request({ method: 'tools/list', token }, session))))
  }
  const [first] = replies
  const repetition = judgeRepetition(replies, session !== undefined)
  // Where one session or instance answers and another does not, the list itself is not what fails.
  if (first !== undefined && repetition.outcome === 'ok') tell(judgeTools(first))
  tell(repetition)
  if (session !== undefined && repetition.outcome === 'ok')
    tell(judgeListening(await listen(wire, speaker, token, session)))
}

/** The stream on which a server with sessions speaks first. */
function listen(wire: Wire, speaker: McpSpeaker, token: string, session: string): Promise<Reply> {
  const { headers, url } = speaker.request(
    { method: 'ping', token, headers: [['accept', 'text/event-stream']] },
    session,
  )
  const kept = headers.filter(([name]) => name !== 'content-type')
  return ask(wire, { method: 'GET', url, headers: kept }, { timeoutMs: LISTENING_MS })
}

async function openSession(wire: Wire, { endpoint, token, revision }: ListQuestion): Promise<string | undefined> {
  try {
    const { session } = await createSpeaker(endpoint, revision).open(wire, token)
    return session
  } catch (error) {
    if (error instanceof Unanswered) return undefined
    throw error
  }
}

/** A balancer may keep one connection with one server. */
const onItsOwn = (request: WireRequest): WireRequest => ({
  ...request,
  headers: [...request.headers, ['connection', 'close']],
})
