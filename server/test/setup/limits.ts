import { createLimitKeys } from '../../src/keys/limit-keys.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import type { TestServer } from './authorization-server.ts'
import { register } from './flow.ts'
import { query } from './state.ts'

type Words = readonly [what: string, ...whom: string[]]

export function limitKeyOf({ settings }: TestServer, words: Words): Buffer {
  return createLimitKeys(createSealer(settings.encryptionKeys))(...words)
}

/** Sets a counter of the database so that nothing of it counts any more only when that many seconds have passed. */
export function fillUp(server: TestServer, words: Words, seconds: number) {
  return query(
    server,
    `INSERT INTO limits (key_hash, clear_at, slack_seconds) VALUES ($1, now() + make_interval(secs => $2), 0)
      ON CONFLICT (key_hash) DO UPDATE SET clear_at = excluded.clear_at`,
    [limitKeyOf(server, words), seconds],
  )
}

/** Lets time pass for the counters of the database; a negative number takes it back. */
export function passLimits(server: TestServer, seconds: number) {
  return query(server, 'UPDATE limits SET clear_at = clear_at - make_interval(secs => $1)', [seconds])
}

/** Registers a client where more are needed than one source may register. */
export async function registerOneMore(server: TestServer): Promise<string> {
  await forgetLimits(server)
  return register(server)
}

export function forgetLimits(server: TestServer) {
  return query(server, 'DELETE FROM limits')
}
