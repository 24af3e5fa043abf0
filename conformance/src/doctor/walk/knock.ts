import { createSpeaker, initializeParams } from '../../mcp/http-speaker.ts'
import { readRpc } from '../../mcp/json-rpc.ts'
import { STATELESS_SINCE } from '../../mcp/revision.ts'
import { documentOf, wellKnownOf } from '../../server/discovery/documents.ts'
import type { Wire } from '../../wire/wire.ts'
import { isHttpUrl } from '../address.ts'
import { judgeChallenge } from '../reach/challenge.ts'
import { judgeDoor } from '../reach/door.ts'
import { judgeRedirect, redirectOf } from '../reach/redirect.ts'
import { explainSilence, isUnreachable } from '../reach/silence.ts'
import { type Answered, ask, askForDocument, type Reply } from '../reply.ts'
import { ok, type Step, stop } from '../step.ts'

/** What a client knows after its first request. */
export type Knock =
  | { readonly kind: 'answered'; readonly endpoint: string; readonly refusal: Answered }
  /** Nothing is to be asked beyond. */
  | { readonly kind: 'ended'; readonly unreachable: boolean }

/** The newest revision whose transport has sessions. */
const WITH_SESSIONS = '2025-11-25'

/** From the URL to the first refusal. */
export async function knock(wire: Wire, url: string, tell: (step: Step) => void): Promise<Knock> {
  const first = await askAsNobody(wire, url)
  if (first.kind === 'silent') {
    const silence = explainSilence(url, first)
    tell(stop('reach', silence))
    return { kind: 'ended', unreachable: isUnreachable(silence.ailment) }
  }
  const to = redirectOf(url, first.answer)
  if (to === undefined)
    tell(ok('reach', `${url} answers${url.startsWith('https:') ? ', with a certificate that is trusted' : ''}.`))
  const step = to === undefined ? undefined : judgeRedirect(url, to, first.answer)
  if (step !== undefined) tell(step)
  if (step?.outcome === 'stop') return { kind: 'ended', unreachable: false }
  const endpoint = to ?? url
  const refusal = to === undefined ? first : await askAsNobody(wire, endpoint)
  if (refusal.kind === 'answered') return atTheDoor(wire, { endpoint, refusal }, tell)
  tell(stop('reach', explainSilence(endpoint, refusal)))
  return { kind: 'ended', unreachable: true }
}

async function atTheDoor(
  wire: Wire,
  { endpoint, refusal }: { readonly endpoint: string; readonly refusal: Answered },
  tell: (step: Step) => void,
): Promise<Knock> {
  const door = judgeDoor(endpoint, refusal.answer)
  if (door.outcome === 'stop') {
    tell(withDirections(door, endpoint, await namedByHost(wire, door, endpoint)))
    return { kind: 'ended', unreachable: false }
  }
  tell(door)
  if (refusal.answer.status === 401) tell(judgeChallenge(endpoint, refusal.answer))
  return { kind: 'answered', endpoint, refusal }
}

/** Who knocks at a wrong door of the right house is told by the metadata at the root, where there is one. */
async function namedByHost(wire: Wire, { ailment = '' }: Step, endpoint: string): Promise<unknown> {
  if (!['wrong-path', 'post-refused', 'page-in-front'].includes(ailment)) return undefined
  const reply = await askForDocument(wire, wellKnownOf(endpoint).root)
  return reply.kind === 'answered' ? documentOf(reply.answer)?.resource : undefined
}

function withDirections(door: Step, endpoint: string, named: unknown): Step {
  if (typeof named !== 'string' || named === endpoint || !isHttpUrl(named)) return door
  return { ...door, change: `The metadata of this host names ${named}: try that. ${door.change ?? ''}`.trim() }
}

/** A server of an older revision may not understand the first question; it is asked again as its clients ask. */
async function askAsNobody(wire: Wire, url: string): Promise<Reply> {
  const asked = await ask(wire, createSpeaker(url, STATELESS_SINCE).request({ method: 'tools/list' }))
  if (asked.kind === 'silent' || isUnderstood(asked)) return asked
  const params = initializeParams(WITH_SESSIONS)
  return ask(wire, createSpeaker(url, WITH_SESSIONS).request({ method: 'initialize', params }))
}

function isUnderstood({ answer }: Answered): boolean {
  return (
    ![400, 404, 406, 415, 422, 501].includes(answer.status) &&
    !(answer.status === 200 && readRpc(answer)?.kind === 'error')
  )
}
