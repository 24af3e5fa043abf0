import { unasked } from '../../as/asking.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { buildTokenRequest, readTokenAnswer, requestToken } from '../../oauth/token-request.ts'
import type { Replay } from '../replay.ts'
import { after, refreshOf } from '../requests.ts'
import type { ReplayStep } from '../step.ts'
import { judgeToken, scopesOf } from '../token-judgement.ts'
import { liveOf } from './call.ts'
import { serverOf } from './register.ts'

export const refresh: ReplayStep = {
  id: 'refresh',
  requirement: 'AS-RES-06',
  title: 'It refreshes as it does, and goes on with what comes',
  remedy: 'Give a refresh that names neither resource nor scope what the first token had.',
  run: async (replay) => {
    if (liveOf(replay).tokens.refreshToken === undefined) {
      return doubtful('it was given no refresh token, so its person signs in again whenever the access token ends')
    }
    return refreshOnce(replay)
  },
}

/** Refreshes once, and holds what came. */
export async function refreshOnce(replay: Replay): Promise<Finding> {
  const live = liveOf(replay)
  const answer = await requestToken(replay.wire, serverOf(replay), live.client, refreshOf(replay, live))
  if (answer.kind !== 'tokens') {
    replay.held.live = undefined
    return faulty(refusalInWords(answer))
  }
  const judged = judgeToken(replay, answer.tokens, scopesOf(live.tokens))
  replay.held.live = after(live, answer.tokens)
  if (judged.kind === 'of no use') return faulty(`the new access token is of no use: ${judged.why}`)
  return sound(judged.kind === 'of use' ? judged.words : 'a new access token, which is opaque')
}

export const refreshTogether: ReplayStep = {
  id: 'refresh-together',
  requirement: 'AS-RT-03',
  title: 'Two refreshes in the same moment leave it signed in',
  remedy: 'For some seconds, answer the same successor to the same refresh token.',
  run: async (replay) => {
    if (!replay.profile.refreshesTogether) throw unasked('it is not known to refresh several times at once')
    return together(replay)
  },
}

async function together(replay: Replay): Promise<Finding> {
  const live = liveOf(replay)
  const server = serverOf(replay)
  const request = await buildTokenRequest(server, live.client, refreshOf(replay, live))
  const answers = (await replay.wire.sendTogether([request, request])).map(readTokenAnswer)
  replay.held.live = undefined
  const won = answers.flatMap((answer) => (answer.kind === 'tokens' ? [after(live, answer.tokens)] : []))
  const [first] = won
  if (first === undefined) return faulty('neither was answered with tokens')
  const refused = answers.find((answer) => answer.kind !== 'tokens')
  const next = await requestToken(replay.wire, server, live.client, refreshOf(replay, won.at(-1) ?? first))
  if (next.kind !== 'tokens') {
    return faulty(`${won.length} of 2 got tokens, and then the refresh token is dead: ${refusalInWords(next)}`)
  }
  replay.held.live = after(first, next.tokens)
  if (refused === undefined) return sound('both got tokens, and the refresh token that came works')
  return faulty(`one of the two was refused: ${refusalInWords(refused)}`)
}
