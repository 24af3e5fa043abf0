import { randomBytes } from 'node:crypto'
import { createMac } from './mac.ts'
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
  const mac = createMac(sealer, 'passkey-challenge')
  return {
    issue(binding, lifetimeSeconds) {
      const body = Buffer.concat([randomBytes(RANDOM_BYTES), Buffer.alloc(TIME_BYTES)])
      body.writeUIntBE(now() + lifetimeSeconds, RANDOM_BYTES, TIME_BYTES)
      return Buffer.concat([body, Buffer.from(mac.sign(body, JSON.stringify(binding)), 'base64url')])
    },
    check(binding, challenge) {
      const bytes = Buffer.from(challenge, 'base64url')
      if (bytes.length !== BODY_BYTES + MAC_BYTES) return undefined
      const [body, code] = [bytes.subarray(0, BODY_BYTES), bytes.subarray(BODY_BYTES).toString('base64url')]
      if (!mac.verify(code, body, JSON.stringify(binding))) return undefined
      const secondsLeft = body.readUIntBE(RANDOM_BYTES, TIME_BYTES) - now()
      return secondsLeft > 0 ? { id: body.toString('base64url'), secondsLeft } : undefined
    },
  }
}
