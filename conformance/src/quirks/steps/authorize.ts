import { missing } from '../../as/asking.ts'
import { faulty, sound } from '../../check/finding.ts'
import type { OAuthClient } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import type { Replay } from '../replay.ts'
import { authorizationOf, firstScopes, personOf, redeem, visit } from '../requests.ts'
import type { ReplayStep } from '../step.ts'
import { serverOf } from './register.ts'

/** @throws Unmet where the client never became known */
export function clientOf({ held }: Replay): OAuthClient {
  if (held.client === undefined) throw missing('the client never became known')
  return held.client
}

export const authorize: ReplayStep = {
  id: 'authorize',
  requirement: 'AS-AZ-17',
  title: 'Its person signs in and agrees, and the answer comes back to it',
  remedy:
    'Compare redirect URIs without the port of loopback, drop scopes that are not known, and send `state` and `iss` back.',
  run: async (replay) => {
    const server = serverOf(replay)
    const request = authorizationOf(replay, server, clientOf(replay), firstScopes(replay, server))
    const came = await visit(replay, server, request)
    if (came.kind !== 'code') return faulty(came.why)
    replay.held.granted = { request, code: came.code }
    return sound(`a code came to ${request.redirectUri}`)
  },
}

export const redeemCode: ReplayStep = {
  id: 'redeem',
  requirement: 'AS-TK-01',
  title: 'The code becomes tokens, by a request as it sends it',
  remedy: 'Answer 200 with JSON; take the client by whichever method it was registered with.',
  run: async (replay) => {
    personOf(replay)
    const server = serverOf(replay)
    const client = clientOf(replay)
    const { granted } = replay.held
    if (granted === undefined) throw missing('there was no code')
    const answer = await redeem(replay, server, client, granted)
    if (answer.kind !== 'tokens') return faulty(refusalInWords(answer))
    const { tokens } = answer
    if (!/^bearer$/i.test(String(tokens.members.token_type))) {
      return faulty(`token_type is ${String(tokens.members.token_type)}`)
    }
    replay.held.live = { client, tokens, request: granted.request }
    const lasts =
      tokens.expiresInSeconds === undefined ? 'for ever, as far as it can tell' : `${tokens.expiresInSeconds} s`
    return sound(
      `an access token that lasts ${lasts}, ${tokens.refreshToken === undefined ? 'and no' : 'and a'} refresh token`,
    )
  },
}
