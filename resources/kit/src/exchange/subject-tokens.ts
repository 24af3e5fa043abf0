import type { Access } from '../access.ts'
import { createExpiringMap } from './expiring-map.ts'

/**
 * Room for the tokens of a busy server's last minutes: about 5 MB with tokens of usual size, 40 MB at the very worst.
 * Each request brings its token again as the youngest, so nobody can push out one that is in use.
 */
export const MAX_SUBJECT_TOKENS = 5_000

/** An access token that may be exchanged. */
export interface SubjectToken {
  readonly token: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
}

/** The access tokens that came in, findable by handle until they expire. */
export interface SubjectTokens {
  remember(access: Access, token: string, now: number): void
  /** Undefined when it never came, has expired, or too many came after it: never another token. */
  find(handle: string, now: number): SubjectToken | undefined
}

/**
 * Makes the one place that holds inbound tokens.
 *
 * @param most how many are held
 */
export function createSubjectTokens(most: number = MAX_SUBJECT_TOKENS): SubjectTokens {
  const tokens = createExpiringMap<SubjectToken>(most)
  return {
    remember: ({ handle, expiresAt }, token, now) => tokens.set(handle, { token, expiresAt }, expiresAt, now),
    find: (handle, now) => tokens.get(handle, now),
  }
}
