import { setTimeout as sleep } from 'node:timers/promises'
import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { readCompact } from '../../issuer/compact.ts'
import type { ServerSubject } from '../subject.ts'
import { asksForTokens, OPEN_TO_ALL, present, whyNoControl } from './reception.ts'
import { verifierRemedies } from './remedies.ts'

/** What most servers tolerate for clocks that differ; who refuses by then need not be waited for any longer. Seconds. */
const USUAL_SKEW_SECONDS = 60
/** Beyond any tolerance that is heard of. Seconds. */
const PAST_ANY_SKEW_SECONDS = 600
/** Clocks are read in whole seconds. */
const A_LITTLE_SECONDS = 5
/** Tokens that live longer are not waited for: the run would seem to hang. */
const LIFETIME_SECONDS_MAX = 900

/** Time, so that tests need not spend it. */
export interface Timekeeper {
  /** Seconds since the epoch. */
  now(): number
  wait(seconds: number): Promise<unknown>
}

const REAL_TIME: Timekeeper = { now: () => Date.now() / 1_000, wait: (seconds) => sleep(seconds * 1_000) }

/** Whether a server takes a token of a real issuer after its time, for which there is nothing but to wait. */
export function createOutlivedCheck(time: Timekeeper = REAL_TIME): Check<ServerSubject> {
  return {
    id: 'token-outlived',
    requirement: 'RS-TOK-03',
    title: 'Refuses a real token once its time is over',
    risk: 'Stolen tokens, and those of people who have left, work for ever.',
    sends:
      'In `live`, after a sign-in: the accepted token again, a minute after its `exp`; and if it is still taken, once more when ten minutes have passed.',
    expects: '401. What is refused within ten minutes of its end is sound: clocks may differ.',
    remedies: verifierRemedies('Require `exp` as a number, and refuse what is past it by more than a minute.'),
    permission: 'slow',
    async run(subject) {
      const { acceptedToken, tokens, whyNoToken } = subject
      if (tokens === undefined)
        return notApplicable('token-expired asks it with a token that the examiner made, or nobody signed in')
      if (acceptedToken === undefined) return incomplete(whyNoToken ?? 'no token is known to be accepted')
      const expiry = Number(readCompact(acceptedToken)?.claims.exp)
      if (!Number.isFinite(expiry)) return notApplicable('when the token ends cannot be read in it')
      const left = Math.round(expiry - time.now())
      if (left > LIFETIME_SECONDS_MAX)
        return notApplicable(
          `the token lives another ${left} seconds, and ${LIFETIME_SECONDS_MAX} are waited for at most`,
        )
      const missing = await whyNoControl(subject)
      return missing === undefined ? outlive(subject, acceptedToken, expiry, time) : incomplete(missing)
    },
  }
}

async function outlive(subject: ServerSubject, token: string, expiry: number, time: Timekeeper): Promise<Finding> {
  for (const skew of [USUAL_SKEW_SECONDS, PAST_ANY_SKEW_SECONDS]) {
    await time.wait(Math.max(0, expiry + skew + A_LITTLE_SECONDS - time.now()))
    const { reception, status } = await present(subject, token)
    if (reception === 'refused') return sound(`it refused the token ${skew} seconds after its end`)
    if (reception === 'unclear') return doubtful(`it answered ${status} to a token after its end`)
  }
  if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
  return faulty(`it took a token that had ended ${PAST_ANY_SKEW_SECONDS} seconds before`)
}
