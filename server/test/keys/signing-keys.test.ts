import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import {
  loadSigningKeys,
  SealedKeyError,
  type SigningAlgorithm,
  type SigningKeyTable,
  type StoredSigningKey,
} from '../../src/keys/signing-keys.ts'

const newKey = () => secret(randomBytes(32).toString('base64'))
const KEY = newKey()

let rows: StoredSigningKey[]
const table: SigningKeyTable = {
  list: async () => rows.toSorted((a, b) => a.generation - b.generation),
  async add(key, signsAfterSeconds) {
    if (rows.some(({ generation }) => generation === key.generation)) return
    rows.push({ ...key, due: signsAfterSeconds === 0 })
  },
}
beforeEach(() => {
  rows = []
})

const load = (algorithm: SigningAlgorithm = 'ES256', ...keys: ReturnType<typeof newKey>[]) =>
  loadSigningKeys({ table, sealer: createSealer(keys.length === 0 ? [KEY] : keys), algorithm })

describe('signing keys', () => {
  it.each([
    { algorithm: 'ES256', kty: 'EC', crv: 'P-256' },
    { algorithm: 'EdDSA', kty: 'OKP', crv: 'Ed25519' },
  ] as const)('begin with one of $algorithm, which stays', async ({ algorithm, kty, crv }) => {
    const first = await load(algorithm)
    expect(first.jwks.keys).toMatchObject([{ kty, crv, alg: algorithm, use: 'sig', d: expect.any(String) }])
    expect(await load(algorithm)).toEqual(first)
  })

  it('are named by their thumbprint', async () => {
    const [key]: readonly JWK[] = (await load()).jwks.keys
    expect(key?.kid).toBe(await calculateJwkThumbprint(key ?? {}))
  })

  it('of a new algorithm are published before they sign, and the older ones go on being published', async () => {
    const before = await load('ES256')
    const after = await load('EdDSA')
    expect(after).toMatchObject({ algorithm: 'ES256', jwks: { keys: [{ alg: 'ES256' }, { alg: 'EdDSA' }] } })
    expect(after.jwks.keys[0]).toEqual(before.jwks.keys[0])
    rows = rows.map((row) => ({ ...row, due: true }))
    expect(await load('EdDSA')).toMatchObject({
      algorithm: 'EdDSA',
      jwks: { keys: [{ alg: 'EdDSA' }, { alg: 'ES256' }] },
    })
    expect((await load('ES256')).jwks.keys.map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA'])
    expect(rows).toHaveLength(2)
  })

  it('of which none is due are signed with by the oldest: the clock of the database went back', async () => {
    const before = await load()
    await load('EdDSA')
    rows = rows.map((row) => ({ ...row, due: false }))
    expect((await load()).jwks.keys.map(({ kid }) => kid)[0]).toBe(before.jwks.keys[0]?.kid)
    expect((await load('EdDSA')).algorithm).toBe('ES256')
  })

  it('open with an old encryption key that is still in the list', async () => {
    const before = await load()
    expect(await load('ES256', newKey(), KEY)).toEqual(before)
  })

  it('are not replaced when they do not open: the start fails and says what to do', async () => {
    await load()
    const kept = [...rows]
    await expect(load('ES256', newKey())).rejects.toThrow(SealedKeyError)
    await expect(load('EdDSA', newKey())).rejects.toThrow(/SALLYPORT_ENCRYPTION_KEYS/)
    expect(rows).toEqual(kept)
  })

  it('that somebody wrote into the database, or moved there to another row, do not come into use', async () => {
    await load()
    const [row] = rows
    if (row === undefined) throw new Error('no key was stored')
    rows = [{ ...row, kid: 'moved' }]
    await expect(load()).rejects.toThrow(SealedKeyError)
    rows = [row, { ...row, kid: 'planted', generation: 2, sealed: Buffer.from(JSON.stringify({ kty: 'EC' })) }]
    await expect(load()).rejects.toThrow(SealedKeyError)
  })
})
