import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startServer } from '../../src/app.ts'
import { ENVIRONMENT, variableNames } from '../../src/config/environment.ts'
import { FLAGS } from '../../src/config/flags.ts'
import { settingsSchema } from '../../src/config/schema.ts'
import { run } from '../cli/fake-terminal.ts'
import { serveEnvironment, settingsOf } from '../config/loading.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'

const made = vi.hoisted(() => [] as Parameters<typeof import('../../src/egress/index.ts').createEgress>[0][])
vi.mock(import('../../src/egress/index.ts'), async (importOriginal) => {
  const original = await importOriginal()
  return {
    ...original,
    createEgress: (options) => {
      made.push(options)
      return original.createEgress(options)
    },
  }
})

const PROGRAM = fileURLToPath(new URL('./fixtures/one-request.ts', import.meta.url))
const ROOT_FILE = fileURLToPath(new URL('../setup/certificates/root.pem', import.meta.url))

let host: DocumentHost
let database: TestDatabase
beforeAll(async () => {
  host = await startDocumentHost()
  host.serve('https://client.example/app.json', {})
  database = await createTestDatabase()
})
afterAll(async () => {
  await host.close()
  await database.drop()
})

describe('resolver and roots', () => {
  it('are given by nobody when the server starts, whatever file, environment and flags say', async () => {
    const settings = settingsOf(
      { 'sallyport.yaml': 'egress: { allow: ["vault.corp.example:8200"], proxy: "http://proxy.corp.example:3128" }' },
      {
        mode: 'serve',
        env: {
          ...serveEnvironment(),
          DATABASE_URL: database.url,
          SALLYPORT_ENCRYPTION_KEYS: randomBytes(32).toString('base64'),
          SALLYPORT_LOG_LEVEL: 'silent',
        },
        flags: { host: '127.0.0.1', port: String(await freePort()), managementPort: String(await freePort()) },
      },
    )
    const server = await startServer(settings)
    await server.close()
    expect(made).toEqual([{ settings: settings.egress, tell: expect.any(Function) }])
    expect(Object.keys(settings.egress).sort()).toEqual(['allow', 'ca', 'proxy'])
  })

  it('are given by nobody when the doctor looks, whatever file, environment and flags say', async () => {
    made.length = 0
    const env = { ...serveEnvironment(), DATABASE_URL: database.url, SALLYPORT_ISSUER: 'https://auth.invalid' }
    expect((await run(['doctor', '--json'], { env, cwd: '/nowhere' })).code).toBe(1)
    expect(made.map((options) => Object.keys(options))).toEqual([['settings'], ['settings']])
    // What the operator wrote, and beside it the issuer itself, at its own port and over plain http.
    expect(made.map(({ settings }) => settings.allow)).toEqual([[], ['auth.invalid:443', 'auth.invalid:80']])
  })

  it('have no key in the settings file, no variable and no flag', () => {
    const { egress } = settingsSchema.shape
    expect(Object.keys(egress.unwrap().shape).sort()).toEqual(['allow', 'ca', 'proxy', 'proxyFile'])
    const named = [
      ...variableNames(),
      ...ENVIRONMENT.map(({ path }) => path?.join('.') ?? ''),
      ...FLAGS.map(({ flag }) => flag),
    ]
    expect(named.filter((name) => /egress|proxy(?!s|ies)|resolv|dns|lookup|_ca\b|root|cert|hosts/i.test(name))).toEqual(
      [],
    )
  })

  it('are not what the environment of the process says to Node: proxies, roots, and not to check at all', async () => {
    const caught: string[] = []
    const trap = createServer((req, res) => {
      caught.push(`${req.method} ${req.url}`)
      res.writeHead(502).end()
    }).on('connect', (req, socket) => {
      caught.push(`CONNECT ${req.url}`)
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    const proxy = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`
    const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
    const env = {
      PATH: process.env.PATH ?? '',
      ...Object.fromEntries(proxies.map((name) => [name, proxy])),
      NODE_USE_ENV_PROXY: '1',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_EXTRA_CA_CERTS: ROOT_FILE,
      SSL_CERT_FILE: ROOT_FILE,
      NODE_OPTIONS: '--use-openssl-ca',
    }
    const args = ['--conditions=@sallyport/source', PROGRAM, String(host.port)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env })
    await new Promise((resolve) => trap.close(resolve))
    expect(JSON.parse(stdout)).toEqual({
      outcome: {
        kind: 'failed',
        reason: expect.stringMatching(/^no trusted TLS \(/),
        host: 'client.example:443',
        setting: 'egress.ca',
      },
      usual: 'failed',
    })
    // Node's own fetch did go where the environment points, so the environment was one that says something.
    expect(caught).toEqual(['CONNECT client.example:443'])
    expect(host.requests).toEqual([])
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
