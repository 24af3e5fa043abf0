import { createHmac, randomBytes } from 'node:crypto'
import { equalInConstantTime } from './equal.ts'
import type { Sealer } from './sealing.ts'

/** A challenge of ours that somebody signed. Whether it was used before is another question. */
export interface KnownChallenge {
  /** No other challenge has it. */
  readonly id: string
  readonly secondsLeft: number
}

/**
 * Challenges that passkeys sign. Nothing is kept of one that nobody answers: it carries its own end, and what it was made for
 * is in its authentication code. That it counts once is for the database to decide.
 * @see Web Authentication Level 3 §13.4.3
 */
export interface Challenges {
  /** @param binding what it may be answered for; the same list must be given to `check` */
  issue(binding: readonly string[], lifetimeSeconds: number): Buffer
  /** @param challenge in base64url, as a browser repeats it @returns undefined for one that is not of ours, not for this, or over */
  check(binding: readonly string[], challenge: string): KnownChallenge | undefined
}

const RANDOM_BYTES = 16
const TIME_BYTES = 6
const BODY_BYTES = RANDOM_BYTES + TIME_BYTES
const MAC_BYTES = 32

/** @param now seconds since 1970 */
export function createChallenges(sealer: Sealer, now: () => number): Challenges {
  const keys = sealer.macKeys('passkey-challenge')
  const sign = (key: Buffer, body: Buffer, binding: readonly string[]): Buffer =>
    createHmac('sha256', key).update(body).update(JSON.stringify(binding)).digest()
  const [first] = keys
  if (first === undefined) throw new RangeError('at least one encryption key is needed')
  return {
    issue(binding, lifetimeSeconds) {
      const body = Buffer.concat([randomBytes(RANDOM_BYTES), Buffer.alloc(TIME_BYTES)])
      body.writeUIntBE(now() + lifetimeSeconds, RANDOM_BYTES, TIME_BYTES)
      return Buffer.concat([body, sign(first, body, binding)])
    },
    check(binding, challenge) {
      const bytes = Buffer.from(challenge, 'base64url')
      if (bytes.length !== BODY_BYTES + MAC_BYTES) return undefined
      const [body, mac] = [bytes.subarray(0, BODY_BYTES), bytes.subarray(BODY_BYTES).toString('base64url')]
      if (!keys.some((key) => equalInConstantTime(sign(key, body, binding).toString('base64url'), mac)))
        return undefined
      const secondsLeft = body.readUIntBE(RANDOM_BYTES, TIME_BYTES) - now()
      return secondsLeft > 0 ? { id: body.toString('base64url'), secondsLeft } : undefined
    },
  }
}
