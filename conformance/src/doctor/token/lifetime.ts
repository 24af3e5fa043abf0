import type { Ailing } from '../step.ts'
import type { ReadToken } from './claims.ts'
import type { Expectation } from './expectation.ts'

/** Less is within what clocks and networks do. */
const TOLERANCE_SECONDS = 5

/** Whether the token is valid at this moment, by whose clock. */
export function dislikesTime({ claims: { exp, nbf } }: ReadToken, expectation: Expectation): Ailing | undefined {
  const { now, serverAhead } = expectation
  const there = now + serverAhead
  if (typeof exp !== 'number') {
    return {
      ailment: 'expiry-missing',
      saw: 'The token has no `exp`: a sound server refuses a token that never ends.',
      change: 'Let the authorization server write `exp`, minutes ahead.',
    }
  }
  if (exp <= now) {
    return {
      ailment: 'token-expired',
      saw: `The token expired ${ago(now - exp)} ago, by the clock of this machine.`,
      change:
        'Get a fresh token; a client has to refresh it, which needs a refresh token (offline_access at many issuers).',
    }
  }
  if (exp <= there) {
    return {
      ailment: 'token-expired-there',
      saw: `The token is valid for another ${ago(exp - now)} here, and expired by the clock of the server, which is ${ago(serverAhead)} ahead.`,
      change: 'Set the clock of the server by NTP.',
    }
  }
  if (typeof nbf === 'number' && nbf > Math.min(now, there) + TOLERANCE_SECONDS) {
    const whose = nbf > now + TOLERANCE_SECONDS ? 'this machine' : 'the server'
    return {
      ailment: 'token-not-yet-valid',
      saw: `The token is not valid yet by the clock of ${whose}: \`nbf\` is ${ago(nbf - Math.min(now, there))} ahead.`,
      change: 'Set the clocks by NTP; the authorization server is ahead.',
    }
  }
  return undefined
}

function ago(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 120) return `${whole} s`
  return whole < 7_200 ? `${Math.round(whole / 60)} min` : `${Math.round(whole / 3_600)} h`
}
