import { unasked } from '../../as/asking.ts'
import { type Finding, faulty, sound } from '../../check/finding.ts'
import type { Live, Replay } from '../replay.ts'
import { authorizeAnew, withOfflineAccess, wordsOf } from '../requests.ts'
import type { ReplayStep } from '../step.ts'
import { scopesOf } from '../token-judgement.ts'
import { clientOf } from './authorize.ts'
import { revive } from './come-back.ts'
import { refreshOnce } from './refresh.ts'
import { serverOf } from './register.ts'

export const stepUp: ReplayStep = {
  id: 'step-up',
  requirement: 'AS-SC-03',
  title: 'Told that a scope is missing, it gets that one and keeps the others',
  remedy: 'Let a new authorization keep what was granted before, also where it names the new scope alone.',
  run: async (replay) => {
    const { profile, stepUpScopes } = replay
    if (profile.stepUp === undefined) throw unasked('what it does when a scope is missing is not known')
    if (stepUpScopes.length === 0) throw unasked('no further scope is known: --step-up-scope names one')
    const live = await revive(replay)
    if (profile.stepUp.refreshesFirst && live.tokens.refreshToken !== undefined) {
      const refreshed = await refreshOnce(replay)
      if (refreshed.kind !== 'sound') return refreshed
    }
    return askAgain(replay, live, profile.stepUp.asks)
  },
}

async function askAgain(replay: Replay, live: Live, asks: 'union' | 'missing'): Promise<Finding> {
  const server = serverOf(replay)
  const { stepUpScopes, held, profile } = replay
  const had = scopesOf(live.tokens)
  const asked =
    asks === 'union' ? [...new Set([...wordsOf(live.request.parameters.scope), ...had, ...stepUpScopes])] : stepUpScopes
  const client = { ...clientOf(replay), redirectUri: live.request.redirectUri }
  const signed = await authorizeAnew(replay, server, client, withOfflineAccess(profile, server, asked))
  if (signed.kind === 'nothing') return faulty(signed.why)
  held.live = signed.live
  const has = scopesOf(signed.live.tokens)
  const absent = stepUpScopes.filter((scope) => !has.includes(scope))
  if (absent.length > 0) return faulty(`the new token lacks ${absent.join(', ')}, so the same call is refused again`)
  const lost = had.filter((scope) => !has.includes(scope))
  if (lost.length > 0) return faulty(`the new token lost ${lost.join(', ')}, so the next call of that kind is refused`)
  return sound(`it asked for ${asked.join(' ')} and has ${has.join(' ')}`)
}
