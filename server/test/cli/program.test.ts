import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withDevelopmentSecrets } from '../../src/dev/development-secrets.ts'
import { randomKey, settingsOf } from '../config/loading.ts'
import { execute } from '../setup/cluster.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'

const BIN = fileURLToPath(new URL('../../bin/sallyport.js', import.meta.url))
const PASSWORD = 'correct horse battery'
const folder = mkdtempSync(join(tmpdir(), 'sallyport-program-'))
let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

/** Starts the real program in an empty folder, with nothing in its environment but `env`. */
function start(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--conditions=@sallyport/source', BIN, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...env },
  })
}

async function finish(child: ChildProcessWithoutNullStreams, stdin = '') {
  child.stdin.end(stdin)
  const closed = once(child, 'close')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, stdout, stderr }
}

const sallyport = (args: readonly string[], env?: Record<string, string>, stdin?: string) =>
  finish(start(args, env), stdin)

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? String(address.port) : ''
}

describe('the program', () => {
  it('prints results to stdout and everything else to stderr', async () => {
    expect(await sallyport(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' })
    const wrong = await sallyport(['check-config'])
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toContain('SALLYPORT_E_SETTINGS_MISSING')
  })

  it('colours its errors only where colours are wanted', async () => {
    const forced = await sallyport(['check-config'], { FORCE_COLOR: '1' })
    expect(forced.stderr).toContain('\u001b[31merror:')
    const refused = await sallyport(['check-config'], { NO_COLOR: '1' })
    expect(refused.stderr).not.toContain('\u001b')
    expect((await sallyport(['check-config'])).stderr).not.toContain('\u001b')
  })

  it('takes a password from standard input', async () => {
    const env = { DATABASE_URL: database.url }
    const added = await sallyport(['user', 'add', 'alice', '--password-stdin'], env, `${PASSWORD}\n`)
    expect(added).toMatchObject({ code: 0, stderr: '' })
    const listed = await sallyport(['user', 'list'], env)
    expect(JSON.parse(listed.stdout).users).toMatchObject([{ login: 'alice' }])
  })

  it('exits with 4 when the database cannot be reached, and does not show how it was asked', async () => {
    const env = {
      DATABASE_URL: `postgres://sallyport:${PASSWORD.replaceAll(' ', '')}@127.0.0.1:${await freePort()}/none`,
    }
    for (const args of [['user', 'list'], ['migrate']]) {
      const { code, stdout, stderr } = await sallyport(args, env)
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
      expect(stderr).toContain('the database cannot be reached (ECONNREFUSED)')
      expect(stderr).not.toContain('correcthorse')
    }
  })

  it('exits with 2 when the database that is named does not exist', async () => {
    const env = { DATABASE_URL: database.url.replace(/[^/]+$/, 'sallyport_none') }
    expect(await sallyport(['user', 'list'], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not exist'),
    })
  })

  it('says that there is nothing to migrate in a migrated database', async () => {
    const migrated = await sallyport(['migrate', '--json'], { DATABASE_URL: database.url })
    expect(migrated).toEqual({ code: 0, stdout: '{"applied":[]}\n', stderr: '' })
  })
})

describe('sallyport serve', () => {
  const serveEnv = async () => ({
    SALLYPORT_ISSUER: 'https://auth.example.com',
    SALLYPORT_PORT: await freePort(),
    SALLYPORT_MANAGEMENT_PORT: await freePort(),
    DATABASE_URL: database.url,
    SALLYPORT_ENCRYPTION_KEYS: key,
    SALLYPORT_COOKIE_KEYS: randomKey(),
  })
  // One for all: what the first start sealed, the next must open.
  const key = randomKey()

  it.each([
    { signal: 'SIGTERM', exit: 0 },
    { signal: 'SIGINT', exit: 130 },
  ] as const)('serves until $signal and then exits with $exit', async ({ signal, exit }) => {
    const env = await serveEnv()
    const child = start(['serve', '--host', '127.0.0.1'], env)
    const finished = finish(child)
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${env.SALLYPORT_MANAGEMENT_PORT}/readyz`).then(
            (answer) => answer.status,
            () => 0,
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(200)
    child.kill(signal)
    const { code, stdout, stderr } = await finished
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(stderr).toContain('serving https://auth.example.com on 127.0.0.1:')
    for (const secret of [env.DATABASE_URL, env.SALLYPORT_ENCRYPTION_KEYS, env.SALLYPORT_COOKIE_KEYS]) {
      expect(stderr).not.toContain(secret)
    }
  })

  it('names the port and the setting when the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    const env = { ...(await serveEnv()), SALLYPORT_MANAGEMENT_PORT: port }
    const { code, stderr } = await sallyport(['serve', '--host', '127.0.0.1'], env)
    taken.close()
    expect(code).toBe(1)
    expect(stderr).toContain(
      `port ${port} on 127.0.0.1 is in use: stop the other program, or set SALLYPORT_MANAGEMENT_PORT`,
    )
  })

  it('does not start on a database that has steps to come', async () => {
    const name = `${new URL(database.url).pathname.slice(1)}_empty`
    const empty = database.url.replace(/[^/]+$/, name)
    await execute(database.url, `CREATE DATABASE ${name} TEMPLATE template0`)
    const env = { ...(await serveEnv()), DATABASE_URL: empty }
    const early = await sallyport(['serve'], env)
    const migrated = await sallyport(['migrate'], env)
    await execute(database.url, `DROP DATABASE ${name} WITH (FORCE)`)
    expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('run `sallyport migrate`') })
    expect(migrated).toMatchObject({ code: 0, stdout: expect.stringMatching(/^applied \S+\n/) })
  })

  it('refuses keys that a development start made in the same data folder, without showing them', async () => {
    const made = await withDevelopmentSecrets(settingsOf({}, { flags: { dataDir: folder } }))
    const keys = made.encryptionKeys.map((kept) => kept.reveal()).join(',')
    const env = { ...(await serveEnv()), SALLYPORT_ENCRYPTION_KEYS: keys, SALLYPORT_DATA_DIR: folder }
    const { code, stderr } = await sallyport(['serve'], env)
    expect(code).toBe(2)
    expect(stderr).toContain('SALLYPORT_ENCRYPTION_KEYS was made by `sallyport dev`')
    expect(stderr).not.toContain(keys)
  })
})
