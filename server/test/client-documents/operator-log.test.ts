import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress, type Resolve } from '../../src/egress/index.ts'
import { authorizeUrl } from '../authorize/ask.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { CLOSED_TO_ALL, PUBLIC_ADDRESS, TEST_ROOT } from '../setup/document-host.ts'
import { createKeyClient, proofOf } from '../setup/key-client.ts'
import { query } from '../setup/state.ts'
import { json } from './bad-documents.ts'
import { CALLBACK, documentOf, startWorld, type World } from './world.ts'

const PRIVATE = '10.0.0.5'
// A port that is not handed out: nothing listens there.
const CLOSED_PORT = 1

let world: World
let unbelieving: TestServer
beforeAll(async () => {
  const { host, ...rest } = await startWorld({
    egress: createEgress({ resolve, ca: [TEST_ROOT], settings: CLOSED_TO_ALL }),
  })
  world = { host, ...rest }
  // The same but for the roots it believes.
  unbelieving = await startTestServer({
    egress: createEgress({ resolve, settings: CLOSED_TO_ALL }),
    // Only development refuses to be asked at another address than the issuer's.
    settings: { mode: 'serve' },
    sharing: world.server,
  })
})
afterAll(async () => {
  await unbelieving.close()
  await world.close()
})

const resolve: Resolve = async (hostname) => {
  const here = (port: number) => [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port } }]
  if (hostname === 'other.example') return [{ address: PRIVATE }]
  if (hostname === 'auth.example') return here(CLOSED_PORT)
  if (hostname === 'mcp.example') throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
  return here(world.host.port)
}

interface Trouble {
  readonly what: string
  readonly name?: string
  readonly code: string
  readonly reason: RegExp
  readonly setting?: string
  readonly serve?: (url: string) => void
}

const TROUBLES: readonly Trouble[] = [
  {
    what: 'a private address',
    name: 'other.example',
    code: 'BLOCKED',
    reason: /^other\.example leads to 10\.0\.0\.5, which is special-use \(private\)$/,
    setting: 'none',
  },
  {
    what: 'a port where nobody listens',
    name: 'auth.example',
    code: 'UNREACHABLE',
    reason: /ECONNREFUSED/,
    setting: 'egress.proxy',
  },
  { what: 'a name that nobody has', name: 'mcp.example', code: 'UNREACHABLE', reason: /ENOTFOUND/, setting: 'none' },
  {
    what: 'an answer that is too large',
    code: 'UNREACHABLE',
    reason: /larger than \d+ bytes/,
    setting: 'none',
    serve: (url) => world.host.answer(url, (_req, res) => json(res, ' '.repeat(70_000))),
  },
  {
    what: 'another type than JSON',
    code: 'TYPE',
    reason: /content type "text\/html"/,
    serve: (url) =>
      world.host.answer(url, (_req, res) => void res.writeHead(200, { 'Content-Type': 'text/html' }).end()),
  },
  {
    what: 'a redirect inside',
    code: 'STATUS',
    reason: /answered 302/,
    serve: (url) =>
      world.host.answer(url, (_req, res) => void res.writeHead(302, { Location: `https://${PRIVATE}/` }).end()),
  },
]

/** What whoever asked can see, without the id that is another one each time. */
async function seen(response: Response) {
  const id = response.headers.get('x-correlation-id') ?? 'no id'
  const names = [...response.headers.keys()].filter((name) => name !== 'date').sort()
  const shape = { status: response.status, names, body: (await response.text()).replaceAll(id, 'ID') }
  return { id, shape }
}

interface Site {
  readonly where: string
  readonly kind: 'document' | 'keys'
  readonly ask: (server: TestServer, target: string) => Promise<Response>
}

const documentAt = (name: string, path: string) => `https://${name}/${path}.json`

async function pushRequest(server: TestServer, clientId: string): Promise<Response> {
  const form = new URL(authorizeUrl(server, clientId, { redirect_uri: CALLBACK })).searchParams
  return fetch(`${server.origin}/par`, { method: 'POST', body: form })
}

/** A client that is known here, whose keys are where nobody has looked yet. */
async function redeemByKey(server: TestServer, keysUrl: string): Promise<Response> {
  const url = `https://client.example/signs-${Buffer.from(keysUrl).toString('base64url')}.json`
  const metadata = { ...documentOf(url), token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keysUrl }
  await server.store.clientDocuments.keep({
    url,
    version: { digest: 'one', metadata },
    etag: undefined,
    freshSeconds: 600,
    askedAt: new Date().toISOString(),
  })
  const form = { grant_type: 'refresh_token', client_id: url, refresh_token: 'x' }
  const proof = await proofOf(server, await createKeyClient(url))
  return fetch(`${server.origin}/token`, { method: 'POST', body: new URLSearchParams({ ...form, ...proof }) })
}

const SITES: readonly Site[] = [
  {
    where: '/authorize',
    kind: 'document',
    ask: (server, target) => fetch(authorizeUrl(server, target, { redirect_uri: CALLBACK }), { redirect: 'manual' }),
  },
  { where: '/par', kind: 'document', ask: pushRequest },
  { where: '/token, of its keys', kind: 'keys', ask: redeemByKey },
]

const toldOf = (server: TestServer, id: string) =>
  server.logged.filter(({ detail }) => {
    const { correlationId, code } = (detail ?? {}) as { correlationId?: unknown; code?: unknown }
    return correlationId === id && String(code).startsWith('SALLYPORT_E_CLIENT_DOCUMENT_')
  })

describe.each(SITES)('what cannot be had at $where', ({ where, kind, ask }) => {
  it('is one answer outside, whatever it was; inside it is the reason, the host and the setting (AS-CIMD-15, AS-CIMD-17, A71, A73, A74)', async () => {
    const answers = await Promise.all(
      TROUBLES.map(async (trouble, at) => {
        const target = documentAt(trouble.name ?? 'client.example', `trouble/${encodeURIComponent(where)}-${at}`)
        trouble.serve?.(target)
        return { trouble, ...(await seen(await ask(world.server, target))) }
      }),
    )
    for (const { trouble, id, shape } of answers) {
      expect({ what: trouble.what, shape }).toEqual({ what: trouble.what, shape: answers[0]?.shape })
      const opening =
        trouble.setting === undefined
          ? {}
          : { host: `${trouble.name ?? 'client.example'}:443`, setting: trouble.setting }
      const told = toldOf(world.server, id)
      expect({ what: trouble.what, told }).toEqual({
        what: trouble.what,
        told: [
          {
            level: 'warn',
            message: expect.any(String),
            detail: expect.objectContaining({
              correlationId: id,
              code: `SALLYPORT_E_CLIENT_DOCUMENT_${kind === 'keys' ? 'KEYS' : trouble.code}`,
              reason: expect.stringMatching(kind === 'keys' ? /^jwks_uri: / : trouble.reason),
              ...opening,
            }),
          },
        ],
      })
      expect(Object.keys(told[0]?.detail ?? {}).includes('setting')).toBe(trouble.setting !== undefined)
    }
    const shape = answers[0]?.shape
    expect(shape?.body).not.toMatch(/10\.0\.0\.5|other\.example|egress|content type|larger|302/)
    expect(shape?.status).toBe(kind === 'keys' ? 503 : 400)
  })

  it('names egress.ca for a host whose authority nobody here believes, and looks the same outside (AS-CIMD-17)', async () => {
    const target = documentAt('client.example', `unbelieved/${encodeURIComponent(where)}`)
    const at = { ...unbelieving, issuer: unbelieving.origin }
    const { id, shape } = await seen(await ask(at, target))
    const other = await seen(await ask(at, documentAt('other.example', `unbelieved/${encodeURIComponent(where)}`)))
    expect(shape).toEqual(other.shape)
    expect(toldOf(unbelieving, id)).toMatchObject([{ detail: { host: 'client.example:443', setting: 'egress.ca' } }])
  })
})

describe('a host that the operator does not take', () => {
  it.each([
    { rules: { mode: 'trusted' }, code: 'HOST', setting: 'clientDocuments.trustedHosts' },
    { rules: { mode: 'off' }, code: 'HOST', setting: 'clientDocuments.mode' },
    { rules: { deniedHosts: ['client.example'] }, code: 'DENIED', setting: 'clientDocuments.deniedHosts' },
  ] as const)('is refused with the name of the setting that decides it: $setting', async ({ rules, code, setting }) => {
    const clientDocuments = { ...world.server.settings.clientDocuments, ...rules }
    const server = await startTestServer({ settings: { mode: 'serve', clientDocuments }, sharing: world.server })
    const url = authorizeUrl({ ...server, issuer: server.origin }, 'https://client.example/app.json')
    const { id } = await seen(await fetch(url, { redirect: 'manual' }))
    expect(toldOf(server, id)).toMatchObject([
      { detail: { code: `SALLYPORT_E_CLIENT_DOCUMENT_${code}`, host: 'client.example', setting } },
    ])
    await server.close()
  })
})

describe('what cannot be had', () => {
  it('leaves nothing in the tables, and no error in the log', async () => {
    const kept = await query(world.server, "SELECT url FROM client_documents WHERE url NOT LIKE '%/signs-%'")
    expect(kept).toEqual([])
    // A stranger's trouble is no failure of this server: whoever serves nothing must not bury the lines that are.
    expect(world.server.logged.filter(({ level }) => level === 'error')).toEqual([])
  })
})
