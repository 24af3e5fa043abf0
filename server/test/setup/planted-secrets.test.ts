import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { issued } from '../canary/index.ts'
import { createIssued } from '../canary/issued.ts'
import { scanDatabase } from '../canary/scan-database.ts'
import { scanLog, scanOutput } from '../canary/scan-log.ts'
import { watchServer } from '../canary/watch-server.ts'
import { PASSWORD, startTestServer, type TestServer } from './authorization-server.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { signInAndRedeem } from './flow.ts'
import { query } from './state.ts'

/** Everything that one sign-in leaves in the hands of a client or a person. */
async function issue(server: TestServer) {
  const { callback, request, tokens } = await signInAndRedeem(server)
  return {
    code: callback.code,
    verifier: request.verifier,
    'access token': String(tokens.body.access_token),
    'refresh token': String(tokens.body.refresh_token),
    password: PASSWORD,
    'key of the settings': server.settings.encryptionKeys[0]?.reveal() ?? '',
  }
}

type Secrets = Awaited<ReturnType<typeof issue>>

let issuing: TestServer
let secrets: Secrets
beforeAll(async () => {
  issuing = await startTestServer()
  secrets = await issue(issuing)
})
afterAll(() => issuing.close())

/** What a test file fails with, whose server or database goes. */
function failureOf(going: Promise<void>): Promise<string> {
  return going.then(
    () => 'nothing was found',
    (error: Error) => error.message,
  )
}

const tellsNothing = (sentence: string): void => {
  for (const secret of Object.values(secrets)) {
    expect(sentence.includes(secret)).toBe(false)
    expect(sentence).not.toContain(secret.slice(0, 16))
  }
}

describe('a test file fails when a secret that was issued in it lies', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startTestServer()
  })
  const closing = (): Promise<string> => failureOf(server.close())

  it('in a line of the log, in a cause of an error', async () => {
    const error = new Error('failed', { cause: { parameters: [{ nested: { token: secrets['refresh token'] } }] } })
    server.logged.push({ level: 'error', message: 'request failed', detail: { error } })
    const sentence = await closing()
    expect(sentence).toBe('Secrets leak: a log line of level error (request failed) holds refresh token.')
  })

  it('in an audit event', async () => {
    await query(
      server,
      `INSERT INTO audit_events (id, at, type, outcome, correlation_id, detail)
        VALUES (gen_random_uuid(), now(), 'token.issued', 'allowed', 'req_a', jsonb_build_object('note', $1::text))`,
      [`code ${secrets.code} was redeemed`],
    )
    expect(await closing()).toBe('Secrets leak: column audit_events.detail holds what was issued as code.')
  })

  it('in a plain column', async () => {
    await query(server, `UPDATE accounts SET name = 'Alice, ' || $1`, [secrets.password])
    const sentence = await closing()
    expect(sentence).toBe('Secrets leak: column accounts.name holds what was issued as password.')
    tellsNothing(sentence)
  })

  it('in a refusal', async () => {
    const leaks: string[] = []
    const leaky = createServer(
      watchServer(
        (_req, res) => res.writeHead(400).end(`no such token: ${secrets['access token']}`),
        issued,
        (leak) => leaks.push(leak),
      ),
    )
    await new Promise<void>((resolve) => leaky.listen(0, '127.0.0.1', resolve))
    await (await fetch(`http://127.0.0.1:${(leaky.address() as AddressInfo).port}/token?a=b`)).text()
    leaky.close()
    expect(await closing()).toBe('nothing was found')
    await expect.poll(() => leaks).toEqual(['the answer 400 to GET /token holds access token'])
  })
})

describe('the search of a database finds', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await createTestDatabase()
  })
  const at = () => ({ databaseUrl: database.url })
  const dropping = (): Promise<string> => failureOf(database.drop())
  const plant = (metadata: unknown) =>
    query(at(), `INSERT INTO clients (id, source, metadata, created_at) VALUES ('a', 'cli', $1, now())`, [
      JSON.stringify(metadata),
    ])

  it('nothing where nothing is', async () => {
    expect(await dropping()).toBe('nothing was found')
  })

  it.each(['code', 'verifier', 'access token', 'refresh token', 'password', 'key of the settings'] as const)(
    'a %s within other words, in hexadecimal digits, in base64 and as a URL has it',
    async (name) => {
      const value = secrets[name]
      const end = value.split('.').at(-1) ?? ''
      for (const spelling of [value, Buffer.from(end).toString('hex'), btoa(end), encodeURIComponent(value)]) {
        await query(at(), 'DELETE FROM clients')
        await plant({ note: `x${spelling}x` })
        const { leaks } = await scanDatabase(database.url, issued)
        expect(leaks.join()).toMatch(/^column clients\.metadata holds (what was issued as|a signed token)/)
      }
      await query(at(), 'DELETE FROM clients')
      await database.drop()
    },
  )

  it('a key, a signed token and a hash of a password by their shape, although nobody issued them', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const hash = `$argon2id$v=19$m=8,t=1,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const jwt = `${part({ alg: 'ES256' })}.${part({ sub: 'somebody' })}.${randomBytes(64).toString('base64url')}`
    for (const [what, value] of [
      ['a private key as JWK', await exportJWK(privateKey)],
      ['a private key as JWK', JSON.stringify(await exportJWK(privateKey))],
      ['a private key in PEM', await exportPKCS8(privateKey)],
      ['a hash of a password', hash],
      ['a signed token', jwt],
    ] as const) {
      await query(at(), 'DELETE FROM clients')
      await plant({ value })
      const { leaks } = await scanDatabase(database.url, createIssued())
      expect(leaks).toEqual([`column clients.metadata holds ${what}`])
    }
    await query(at(), 'DELETE FROM clients')
    await database.drop()
  })

  it('what should be a digest, sealed or hashed and is not, and binary columns that nobody vouched for', async () => {
    await query(at(), `INSERT INTO replays (id_hash, expires_at) VALUES ('in the open', now())`)
    await query(at(), `INSERT INTO interactions (id_hash, sealed, expires_at) VALUES (sha256('a'), '{"a":1}', now())`)
    await query(at(), `INSERT INTO accounts (id, login, name, created_at) VALUES ('a', 'a', 'a', now())`)
    const identity = `('local', 'a', 'a', 'swordfish', now())`
    await query(
      at(),
      `INSERT INTO identities (issuer, subject, account_id, password_hash, created_at) VALUES ${identity}`,
    )
    await query(at(), 'CREATE TABLE new_things (note bytea)')
    await query(at(), `INSERT INTO new_things VALUES ('x')`)
    const sentence = await dropping()
    expect(sentence).toContain('column replays.id_hash holds something that is no digest')
    expect(sentence).toContain('column interactions.sealed holds something that is not sealed')
    expect(sentence).toContain('column identities.password_hash holds a password that is not hashed')
    expect(sentence).toContain('column new_things.note holds bytes that nobody vouches for')
    expect(sentence).not.toContain('swordfish')
  })
})

describe('the search of a log', () => {
  it('does not say what leaks, although it is the message itself', () => {
    const [sentence = ''] = scanLog([{ level: 'info', message: `got ${secrets.code}`, detail: {} }], issued)
    expect(sentence).toBe('a log line of level info (in its very message) holds code')
    tellsNothing(sentence)
  })

  it('reads what a process of its own has written', () => {
    const output = `{"level":30,"msg":"ok"}\n{"level":50,"err":"${secrets['refresh token']}"}\n`
    expect(scanOutput('serve', output, issued)).toEqual(['what serve wrote holds refresh token'])
    expect(scanOutput('serve', '{"level":30}\n', issued)).toEqual([])
  })
})
