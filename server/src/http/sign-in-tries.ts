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
   * Judges a try at a login or with a passkey for the source of the request at hand, if it may have one more. It counts from
   * before it is judged until it turns out to have been right: of many at once, no more are judged than there is room for. A
   * login that nobody has counts like one that somebody has.
   * @param judge whether it is right; when it throws nothing was judged
   */
  judge<Outcome extends { readonly ok: boolean }>(
    at: TriedAt,
    judge: () => Promise<Outcome>,
  ): Promise<Outcome | TooManyTries>
}

/** What is tried: a login as it was typed, or what an authenticator calls a passkey. The two are counted apart, the source is one. */
export type TriedAt = { readonly login: string } | { readonly passkey: string }

/**
 * Counts wrong passwords by login and source together, by source, and by login; passkeys that prove nobody in the same way, with
 * the passkey in place of the login. What counts over all sources refuses nobody by itself, because anybody could lock the owner
 * out with it: while a login is guessed at from many sources, each source has one try instead of several, and whoever has just
 * failed waits the longest time.
 */
export function createSignInTries({ limits, limitKey }: { limits: Limits; limitKey: LimitKey }): SignInTries {
  // One after the other: tries that are right must not stand in each other's way only because they come together.
  const turns = createTurns()
  return {
    async judge(at, judge) {
      const { kind, target } = targetOf(at)
      const source = currentUnit().callerSource ?? ''
      const pair = JSON.stringify([kind, target, source])
      if (turns.count(pair) > WAITING_MAX) return { ok: false, reason: 'too-many', retryAfterSeconds: 1 }
      return turns.run(pair, () => judgeCounted(takingOf(kind, target, source, limitKey), judge, limits))
    },
  }
}

type TriedKind = 'sign-in' | 'passkey'

/** What is counted over all sources. */
const WHOM = { 'sign-in': 'sign-in login', passkey: 'passkey' } as const

function targetOf(at: TriedAt): { readonly kind: TriedKind; readonly target: string } {
  return 'login' in at ? { kind: 'sign-in', target: normaliseLogin(at.login) } : { kind: 'passkey', target: at.passkey }
}

interface TryTaking extends Taking {
  /** What is forgiven when the password was right: of this source at this login. */
  readonly here: readonly Bucket[]
}

function takingOf(kind: TriedKind, target: string, source: string, limitKey: LimitKey): TryTaking {
  const here: readonly Bucket[] = [
    { key: limitKey(`${kind} at once`, target, source), allows: AT_ONCE },
    { key: limitKey(`${kind} in the end`, target, source), allows: IN_THE_END, tight: true },
  ]
  return {
    here,
    buckets: [...here, { key: limitKey('sign-in source', source), allows: SOURCE }],
    watched: { key: limitKey(WHOM[kind], target), allows: LOGIN },
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
