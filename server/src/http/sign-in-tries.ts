import type { LimitKey } from '../keys/limit-keys.ts'
import { normaliseLogin } from '../store/accounts.ts'
import type { Bucket, Limits, Taking } from '../store/limits.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { createTurns } from './limits/turns.ts'

/** A person mistypes a few times in a row, and after that reads what stands on the page. */
const AT_ONCE = { burst: 5, secondsEach: 10 }
/** Who goes on after that is not mistyping: from the twentieth on, a try every quarter of an hour, a hundred a day. */
const IN_THE_END = { burst: 20, secondsEach: 900 }
/** Of one source over all logins: a whole office mistypes less than this, and who tries one password everywhere needs more. */
const SOURCE = { burst: 100, secondsEach: 10 }
/** At one login from all sources together. Past this many somebody guesses from many places. */
const LOGIN = { burst: 50, secondsEach: 60 }

/** Tries of one source at one login that wait for their turn; a person, with every tab open, has a few. */
const WAITING_MAX = 20

export type TooManyTries = { readonly ok: false; readonly reason: 'too-many'; readonly retryAfterSeconds: number }

export interface SignInTries {
  /**
   * Judges a try at a login for the source of the request at hand, if it may have one more. It counts from before it is judged
   * until it turns out to have been right: of many at once, no more are judged than there is room for. A login that nobody has
   * counts like one that somebody has.
   * @param judge whether it is right; when it throws nothing was judged
   */
  judge<Outcome extends { readonly ok: boolean }>(
    login: string,
    judge: () => Promise<Outcome>,
  ): Promise<Outcome | TooManyTries>
}

/**
 * Counts wrong passwords by login and source together, by source, and by login. The last refuses nobody by itself, because
 * anybody could lock the owner out with it: while a login is guessed at from many sources, each source has one try instead of
 * several, and whoever has just failed waits the longest time.
 */
export function createSignInTries({ limits, limitKey }: { limits: Limits; limitKey: LimitKey }): SignInTries {
  // One after the other: tries that are right must not stand in each other's way only because they come together.
  const turns = createTurns()
  return {
    async judge(typed, judge) {
      const login = normaliseLogin(typed)
      const source = currentUnit().callerSource ?? ''
      const pair = JSON.stringify([login, source])
      if (turns.count(pair) > WAITING_MAX) return { ok: false, reason: 'too-many', retryAfterSeconds: 1 }
      return turns.run(pair, () => judgeCounted(takingOf(login, source, limitKey), judge, limits))
    },
  }
}

interface TryTaking extends Taking {
  /** What is forgiven when the password was right: of this source at this login. */
  readonly here: readonly Bucket[]
}

function takingOf(login: string, source: string, limitKey: LimitKey): TryTaking {
  const here: readonly Bucket[] = [
    { key: limitKey('sign-in at once', login, source), allows: AT_ONCE },
    { key: limitKey('sign-in in the end', login, source), allows: IN_THE_END, tight: true },
  ]
  return {
    here,
    buckets: [...here, { key: limitKey('sign-in source', source), allows: SOURCE }],
    watched: { key: limitKey('sign-in login', login), allows: LOGIN },
  }
}

async function judgeCounted<Outcome extends { readonly ok: boolean }>(
  taking: TryTaking,
  judge: () => Promise<Outcome>,
  limits: Limits,
): Promise<Outcome | TooManyTries> {
  const taken = await limits.take(taking)
  if (!taken.ok) return { ...taken, reason: 'too-many' }
  try {
    const outcome = await judge()
    if (outcome.ok) await limits.giveBack(taking, taking.here)
    return outcome
  } catch (error) {
    await limits.giveBack(taking, [])
    throw error
  }
}
