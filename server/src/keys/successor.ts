import { createHmac } from 'node:crypto'
import type { Sealer } from './sealing.ts'

/** The refresh token that follows a given one. */
export interface Successors {
  /** The successor under the key in use. */
  next(token: string): string
  /** The successor whose digest was stored when `token` was first used, by whichever key made it then. */
  matching(token: string, matches: (successor: string) => boolean): string | undefined
}

/**
 * Derives successors instead of storing them: a repeated request, another process and a process after a crash all
 * arrive at the same 256 bits, and who has read the database, which holds digests only, arrives nowhere.
 */
export function createSuccessors(sealer: Sealer): Successors {
  const keys = sealer.macKeys('refresh-token-successor')
  const derive = (key: Buffer, token: string): string => createHmac('sha256', key).update(token).digest('base64url')
  return {
    next: (token) => derive(keys[0], token),
    matching: (token, matches) => keys.map((key) => derive(key, token)).find(matches),
  }
}
