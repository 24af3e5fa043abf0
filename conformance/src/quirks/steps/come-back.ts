import { missing } from '../../as/asking.ts'
import { type Finding, faulty, sound } from '../../check/finding.ts'
import type { OAuthClient } from '../../oauth/authorization-server.ts'
import { otherPort } from '../fill.ts'
import { valuesOf } from '../identity.ts'
import type { RedirectHabit } from '../profile.ts'
import type { Live, Replay } from '../replay.ts'
import { authorizeAnew, firstScopes, personOf } from '../requests.ts'
import type { ReplayStep } from '../step.ts'
import { clientOf } from './authorize.ts'
import { refreshOnce } from './refresh.ts'
import { registerAnew, serverOf } from './register.ts'

/** What it holds, or what a sign-in gives it where a step before has cost it that. @throws Unmet */
export async function revive(replay: Replay): Promise<Live> {
  const { held } = replay
  personOf(replay)
  if (held.live !== undefined) return held.live
  if (held.granted === undefined) throw missing('it never got tokens')
  const server = serverOf(replay)
  const signed = await authorizeAnew(replay, server, clientOf(replay), firstScopes(replay, server))
  if (signed.kind === 'nothing') throw missing(`it lost its tokens, and ${signed.why}`)
  held.live = signed.live
  return signed.live
}

export const comeBack: ReplayStep = {
  id: 'come-back',
  requirement: 'AS-DCR-06',
  title: 'After a restart it goes on with what it stored, and signs in again on another port',
  remedy: 'Keep clients and refresh tokens longer than a process, and do not compare the port of loopback.',
  run: async (replay) => {
    const live = await revive(replay)
    const goesOn = live.tokens.refreshToken === undefined ? undefined : await refreshOnce(replay)
    if (goesOn !== undefined && goesOn.kind !== 'sound') {
      return faulty(`the stored refresh token is of no use any more: ${goesOn.detail}`)
    }
    return signInAgain(replay, goesOn === undefined ? 'it has no refresh token' : 'its refresh token works')
  },
}

async function signInAgain(replay: Replay, before: string): Promise<Finding> {
  const server = serverOf(replay)
  const client = await clientOnAnotherPort(replay)
  const signed = await authorizeAnew(replay, server, client, firstScopes(replay, server))
  if (signed.kind === 'nothing') return faulty(`${before}; signing in again by ${client.redirectUri}: ${signed.why}`)
  return sound(`${before}, and it signed in again by ${client.redirectUri}`)
}

/** The stored client; the redirect URI has another port where the client opens one each time. */
async function clientOnAnotherPort(replay: Replay): Promise<OAuthClient> {
  const { profile, held, port, known } = replay
  const stored = clientOf(replay)
  const { identity } = held
  if (identity === undefined || !movesPort(identity.redirect)) return stored
  const next = otherPort(port)
  const registers = profile.registersForEachPort && identity.way === 'registration' && !known.has(profile.id)
  if (registers) return registerAnew(replay, next)
  return { ...stored, redirectUri: valuesOf(replay, identity, next).redirect }
}

const movesPort = (redirect: RedirectHabit): boolean => redirect.kind === 'loopback' && redirect.port === undefined
