import { headerOf } from '../../wire/message.ts'
import type { Reply } from '../reply.ts'
import { ok, type Step, stop, warn } from '../step.ts'

/** The header counts in whole seconds, and an answer is on its way for a moment. */
const NOTICED_SECONDS = 5
/** Verifiers allow half a minute as a rule; who is further apart than this refuses young tokens or takes old ones. */
const APART_SECONDS = 60

/**
 * How far the clock of who answered is ahead of ours, in seconds.
 * @returns undefined where it cannot be known: no Date, or that of a copy in a cache
 */
export function aheadOf(reply: Reply): number | undefined {
  if (reply.kind === 'silent' || headerOf(reply.answer, 'age') !== undefined) return undefined
  const said = Date.parse(headerOf(reply.answer, 'date') ?? '')
  return Number.isNaN(said) ? undefined : said / 1_000 - reply.receivedAt
}

/**
 * Compares the clocks of those who have to agree on when a token begins and ends.
 * @param server how far it is ahead of ours, in seconds
 * @param issuer the same of the authorization server
 */
export function judgeClocks(server: number | undefined, issuer: number | undefined): Step {
  if (server === undefined || issuer === undefined) {
    return ok('clocks', 'The clocks cannot be compared: no fresh Date header came from both.')
  }
  const apart = server - issuer
  if (Math.abs(apart) > NOTICED_SECONDS) {
    const effect =
      apart > 0 ? 'fresh tokens look old to the server, and short ones expired' : 'fresh tokens are not valid yet'
    const ailing = {
      ailment: 'clocks-apart',
      saw: `By their Date headers the MCP server is ${inWords(apart)} of the authorization server: ${effect}.`,
      change: `Set ${wrongOne(server, issuer)} by NTP (where a proxy writes the header, look at the server itself); allow half a minute of difference in the token check.`,
    }
    return Math.abs(apart) > APART_SECONDS ? stop('clocks', ailing) : warn('clocks', ailing)
  }
  if (Math.abs(server) > APART_SECONDS) {
    const saw = `The clock of this machine is ${inWords(-server)} of both others, which agree.`
    return warn('clocks', { ailment: 'clock-here', saw, change: 'Set the clock of this machine by NTP.' })
  }
  return ok('clocks', 'The clocks of server, authorization server and this machine agree.')
}

/** Ours decides which of the two is off. */
function wrongOne(server: number, issuer: number): string {
  if (Math.abs(issuer) <= NOTICED_SECONDS) return 'the clock of the MCP server'
  if (Math.abs(server) <= NOTICED_SECONDS) return 'the clock of the authorization server'
  return 'both clocks'
}

function inWords(seconds: number): string {
  const whole = Math.round(Math.abs(seconds))
  const amount = whole >= 120 ? `${Math.round(whole / 60)} min` : `${whole} s`
  return `${amount} ${seconds > 0 ? 'ahead' : 'behind'}`
}
