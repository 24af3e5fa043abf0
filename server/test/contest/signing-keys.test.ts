import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { loadSigningKeys } from '../../src/keys/signing-keys.ts'
import { openStore } from '../../src/store/index.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { query } from '../setup/state.ts'
import { tallyContest } from '../setup/tally.ts'
import { CONTEST_TIMEOUT_MS, ROUNDS } from './rounds.ts'
import { startServerProcess } from './server-processes.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

describe('on a database without signing keys', () => {
  it('two processes that start together publish one and the same key', async () => {
    await query(server, 'DELETE FROM signing_keys')
    const processes = await Promise.all([startServerProcess(server), startServerProcess(server)])
    const published = await Promise.all(
      processes.map(async (each) => (await fetch(`${each.server.origin}/.well-known/jwks.json`)).json()),
    )
    expect(published[0].keys).toHaveLength(1)
    expect(published[1]).toEqual(published[0])
    await Promise.all(processes.map((each) => each.stop()))
  })

  it(
    'whoever comes at once agrees on one key',
    async () => {
      const tally = tallyContest('first signing key')
      const stores = Array.from({ length: 4 }, () => openStore({ databaseUrl: server.databaseUrl, poolSize: 1 }))
      const sealer = createSealer([secret(randomBytes(32).toString('base64'))])
      for (let round = 1; round <= ROUNDS; round += 1) {
        await query(server, 'DELETE FROM signing_keys')
        const loaded = await Promise.all(
          stores.map(({ signingKeys: table }) => loadSigningKeys({ table, sealer, algorithm: 'ES256' })),
        )
        const kids = loaded.flatMap(({ jwks }) => jwks.keys.map(({ kid }) => kid))
        tally.add(
          kids.map(() => 'loaded'),
          new Set(kids).size,
        )
        expect(new Set(kids).size, `round ${round}`).toBe(1)
      }
      await Promise.all(stores.map((store) => store.close()))
    },
    CONTEST_TIMEOUT_MS,
  )
})
