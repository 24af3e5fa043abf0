import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GuardLog, type ProtectOptions, protect } from '@sallyport/resource'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { CLIENT_ID } from './setup/exchange-issuer.ts'
import { startExchangingGuard } from './setup/exchanging-guard.ts'
import { TOOLS } from './setup/guarded-server.ts'

const GOOD: ProtectOptions = {
  issuer: 'https://auth.example.com',
  resource: 'https://mcp.example.com/mcp',
  tools: TOOLS,
}

let folder: string
let key: JWK
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-kit-client-'))
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  key = { ...(await exportJWK(privateKey)), kid: 'client-1', alg: 'ES256' }
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

async function save(name: string, text: string, mode = 0o600): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  await chmod(path, mode)
  return path
}

async function messageOf(client: unknown, log: GuardLog = () => undefined): Promise<string> {
  // Callers without types may give anything.
  const options = { ...GOOD, log, client } as ProtectOptions
  const error: unknown = await protect(options).catch((reason: unknown) => reason)
  return error instanceof Error ? error.message : 'started'
}

describe('the client of a resource can be given', () => {
  it.each([
    { what: 'as an object', give: async (jwk: JWK) => jwk },
    { what: 'as JSON text', give: async (jwk: JWK) => ` ${JSON.stringify(jwk)}\n` },
    { what: 'as the path of a file', give: (jwk: JWK) => save('client.json', JSON.stringify(jwk, null, 2)) },
  ])('$what', async ({ give }) => {
    const { issuer } = await startExchangingGuard()
    const client = { id: CLIENT_ID, key: await give(issuer.clientKey) }
    const guard = await startExchangingGuard({ client })
    expect(await messageOf(client)).toBe('started')
    const { access } = await guard.arrive()
    // Another key than this issuer knows: the exchange gets as far as the issuer's check of the signature.
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_INVALID_CLIENT' })
  })

  it('by the environment, where the option is left out', async () => {
    const path = await save('environment.json', JSON.stringify(key))
    vi.stubEnv('SALLYPORT_CLIENT_ID', CLIENT_ID)
    vi.stubEnv('SALLYPORT_CLIENT_KEY_FILE', path)
    const guard = await startExchangingGuard({ client: undefined } as object)
    const { access } = await guard.arrive()
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_INVALID_CLIENT' })
    expect(guard.issuer.forms()).toHaveLength(1)
  })

  it('by the environment, which the option overrules', async () => {
    vi.stubEnv('SALLYPORT_CLIENT_ID', 'somebody-else')
    vi.stubEnv('SALLYPORT_CLIENT_KEY_FILE', '/nowhere')
    const guard = await startExchangingGuard()
    const { access } = await guard.arrive()
    expect((await guard.exchange(access)).scopes).not.toEqual([])
  })

  it.each([
    { alg: 'ES384' },
    { alg: 'ES512' },
    { alg: 'EdDSA' },
    { alg: 'Ed25519' },
    { alg: 'PS256' },
    { alg: 'RS256' },
  ])('with a key for $alg', async ({ alg }) => {
    const { privateKey } = await generateKeyPair(alg, { extractable: true })
    expect(await messageOf({ id: 'mcp', key: { ...(await exportJWK(privateKey)), alg } })).toBe('started')
  })

  it('with a key that does not say its algorithm, where there is only one', async () => {
    expect(await messageOf({ id: 'mcp', key: { ...key, alg: undefined } })).toBe('started')
  })
})

describe('protect refuses a client', () => {
  it.each([
    { what: 'without an id', client: () => ({ key }), says: 'client is { id, key }' },
    { what: 'with an empty id', client: () => ({ id: '', key }), says: 'client is { id, key }' },
    { what: 'without a key', client: () => ({ id: 'mcp' }), says: 'client is { id, key }' },
    {
      what: 'with a public key',
      client: () => ({ id: 'mcp', key: { ...key, d: undefined } }),
      says: 'is a public key',
    },
    {
      what: 'with a shared secret',
      client: () => ({ id: 'mcp', key: { kty: 'oct', k: 'AAAA' } }),
      says: 'shared secret',
    },
    { what: 'with a key set', client: () => ({ id: 'mcp', key: { keys: [key] } }), says: 'is a key set' },
    { what: 'with PEM', client: () => ({ id: 'mcp', key: '-----BEGIN PRIVATE KEY-----' }), says: 'is PEM' },
    { what: 'with a number', client: () => ({ id: 'mcp', key: 7 }), says: 'is not a JSON Web Key' },
    { what: 'with a key without kty', client: () => ({ id: 'mcp', key: { d: 'x' } }), says: 'has no kty' },
    {
      what: 'with a curve for signatures of coins',
      client: () => ({ id: 'mcp', key: { ...key, crv: 'secp256k1' } }),
      says: 'secp256k1',
    },
    {
      what: 'with a key for encryption',
      client: () => ({ id: 'mcp', key: { ...key, use: 'enc' } }),
      says: 'not for signing',
    },
    {
      what: 'with a key for deriving',
      client: () => ({ id: 'mcp', key: { ...key, key_ops: ['deriveBits'] } }),
      says: 'not for signing',
    },
    {
      what: 'with an algorithm of another kind',
      client: () => ({ id: 'mcp', key: { ...key, alg: 'HS256' } }),
      says: 'cannot sign with',
    },
    { what: 'with a damaged key', client: () => ({ id: 'mcp', key: { ...key, d: 'AAAA' } }), says: 'cannot sign' },
    { what: 'with a file that is not there', client: () => ({ id: 'mcp', key: '/nowhere/key.json' }), says: 'ENOENT' },
  ])('$what, and says what to give instead', async ({ client, says }) => {
    const message = await messageOf(client())
    expect(message).toMatch(/^SALLYPORT_E_(CLIENT_KEY|OPTIONS): /)
    expect(message).toContain(says)
  })

  it('with an RSA key that does not say how it signs, or that is too short', async () => {
    const { privateKey } = await generateKeyPair('RS256', { extractable: true })
    expect(await messageOf({ id: 'mcp', key: await exportJWK(privateKey) })).toContain('does not say its alg')
    const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ format: 'jwk' })
    expect(await messageOf({ id: 'mcp', key: { ...short, alg: 'PS256' } })).toContain('too short')
  })

  it('with half of the environment', async () => {
    vi.stubEnv('SALLYPORT_CLIENT_ID', 'mcp')
    expect(await messageOf(undefined)).toContain('go together')
  })

  it('whose file is no JSON, without quoting what is in it', async () => {
    const path = await save('broken.json', `{"kty":"EC","d":"secret-part`)
    const message = await messageOf({ id: 'mcp', key: path })
    expect(message).toContain('is not JSON')
    expect(message).not.toContain('secret')
  })

  it('never with key material in the message', async () => {
    for (const broken of [
      { ...key, alg: 'HS256' },
      { ...key, crv: 'P-999' },
      { ...key, x: 'AAAA' },
    ]) {
      const message = await messageOf({ id: 'mcp', key: broken })
      expect(message).not.toBe('started')
      expect(message).not.toContain(String(key.d))
    }
  })
})

describe('a key file', () => {
  it.skipIf(process.platform === 'win32')('that other users can read is told, and works', async () => {
    const told: string[] = []
    const log: GuardLog = ({ code, detail }) => told.push(`${code} ${detail}`)
    const path = await save('open.json', JSON.stringify(key), 0o640)
    expect(await messageOf({ id: 'mcp', key: path }, log)).toBe('started')
    expect(told).toEqual([expect.stringContaining('SALLYPORT_E_CLIENT_KEY_EXPOSED')])
    await chmod(path, 0o600)
    await messageOf({ id: 'mcp', key: path }, log)
    expect(told).toHaveLength(1)
  })
})
