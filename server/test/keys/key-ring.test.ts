import { randomBytes } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { generateClientKey } from '../../src/keys/client-key.ts'
import { openKeyRing } from '../../src/keys/key-ring.ts'
import { rotateSigningKeys } from '../../src/keys/rotation.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { query } from '../setup/state.ts'

const POLL = { timeout: 15_000, interval: 100 }
const newKey = () => secret(randomBytes(32).toString('base64'))

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server.close())

const published = async (): Promise<readonly string[]> => {
  const { keys } = await (await fetch(`${server.origin}/.well-known/jwks.json`)).json()
  return keys.map(({ kid }: { kid: string }) => kid)
}
const rotate = (encryptionKeys = server.settings.encryptionKeys) =>
  rotateSigningKeys({
    table: server.store.signingKeys,
    sealer: createSealer(encryptionKeys),
    algorithm: 'ES256',
    pace: { signsAfterSeconds: 0 },
  })
const said = (message: string) => server.logged.some((line) => line.message.startsWith(message))

describe('who can write the database', () => {
  it('adds no key: not by a public one, not by one that was sealed elsewhere, not by moving a row (A148)', async () => {
    const kids = await published()
    const stranger = createSealer([newKey()])
    const { d: _secret, ...publicJwk } = (await generateClientKey()).privateJwk
    const plain = Buffer.from(JSON.stringify(publicJwk))
    const context = { purpose: 'signing-key', table: 'signing_keys', rowId: 'sealed-elsewhere' } as const
    const rows: [string, Buffer][] = [
      ['planted', plain],
      ['sealed-elsewhere', stranger.seal(context, plain)],
    ]
    for (const [index, [kid, sealed]] of rows.entries()) {
      await query(
        server,
        `INSERT INTO signing_keys (kid, generation, algorithm, sealed, created_at, signs_from) VALUES ($1, $2, 'ES256', $3, now(), now())`,
        [kid, index + 2, sealed],
      )
    }
    await query(
      server,
      `INSERT INTO signing_keys (kid, generation, algorithm, sealed, created_at, signs_from)
        SELECT 'moved', 9, algorithm, sealed, created_at, signs_from FROM signing_keys WHERE generation = 1`,
    )
    await expect
      .poll(async () => (await published()) && said('signing keys in the database do not open'), POLL)
      .toBe(true)
    expect(await published()).toEqual(kids)
    // Else the search for secrets finds at the end what was planted here.
    await query(server, `DELETE FROM signing_keys WHERE kid = 'planted'`)
  })
})

describe('a process that does not have the encryption key of a new signing key', () => {
  it('goes on with the keys it opens, says so, and is not ready', async () => {
    const others = createSealer([newKey(), ...server.settings.encryptionKeys])
    const table = server.store.signingKeys
    const ring = await openKeyRing({
      table,
      sealer: createSealer(server.settings.encryptionKeys),
      algorithm: 'ES256',
      report: () => {},
    })
    const before = await ring.current()
    const rotated = await rotateSigningKeys({
      table,
      sealer: others,
      algorithm: 'ES256',
      pace: { signsAfterSeconds: 0 },
    })
    expect(rotated.ok).toBe(true)
    await expect.poll(async () => (await ring.current()) && ring.isWhole(), POLL).toBe(false)
    expect(await ring.current()).toBe(before)
    // When the key it signs with has ended, nobody would believe its tokens.
    await query(server, 'UPDATE signing_keys SET ends_at = now() WHERE generation = 1')
    await expect.poll(() => ring.current().catch((error: Error) => error.name), POLL).toBe('SealedKeyError')
  })
})

describe('a rotation', () => {
  it('is made by one of those that try at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => rotate()))
      expect(outcomes.filter(({ ok }) => ok).length).toBeGreaterThan(0)
      const [row] = await query(server, 'SELECT count(*)::int AS number, max(generation) AS last FROM signing_keys')
      expect(row?.number).toBe(row?.last)
    }
  })

  it('after a compromise ends the others for good: neither they nor no key at all is left when the clock goes back', async () => {
    const [compromised] = await published()
    const sealer = createSealer(server.settings.encryptionKeys)
    const table = server.store.signingKeys
    const rotated = await rotateSigningKeys({ table, sealer, algorithm: 'ES256', pace: 'compromised' })
    // A clock that is two minutes behind, seen from the rows.
    await query(
      server,
      `UPDATE signing_keys SET signs_from = signs_from + interval '2 minutes', ends_at = ends_at + interval '2 minutes'`,
    )
    const [kid] = rotated.ok ? [rotated.kid] : []
    await expect.poll(published, POLL).toEqual([kid])
    expect(kid).not.toBe(compromised)
    const { tokens } = await signInAndRedeem(server)
    expect(decodeProtectedHeader(String(tokens.body.access_token)).kid).toBe(kid)
  })

  it('with encryption keys that do not open the older ones is refused', async () => {
    expect(await rotate([newKey()])).toMatchObject({ ok: false, reason: 'sealed' })
    expect(await published()).toHaveLength(1)
  })
})

describe('another algorithm in the settings', () => {
  it('changes nothing before its key was published long enough, and then signs; clients stay known', async () => {
    const other = await startTestServer({ sharing: server, settings: { mode: 'serve', signingAlgorithm: 'EdDSA' } })
    const algorithms = async () => {
      const metadata = await (await fetch(`${other.origin}/.well-known/oauth-authorization-server`)).json()
      return metadata.id_token_signing_alg_values_supported
    }
    expect(await algorithms()).toEqual(['ES256'])
    await expect.poll(published, POLL).toHaveLength(2)
    const { clientId, tokens } = await signInAndRedeem(server)
    await query(server, 'UPDATE signing_keys SET signs_from = now()')
    await expect.poll(algorithms, POLL).toEqual(['EdDSA'])
    const next = await refresh(other, clientId, String(tokens.body.refresh_token))
    expect(decodeProtectedHeader(String(next.body.access_token)).alg).toBe('EdDSA')
    await other.close()
  })
})
