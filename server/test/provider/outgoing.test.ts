import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Provider } from 'oidc-provider'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Egress, EgressOutcome } from '../../src/egress/index.ts'
import { outgoing } from '../../src/provider/outgoing.ts'
import { runUnit } from '../../src/store/unit-of-work.ts'
import { postRegistration } from '../registration/post-registration.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'

const KEYS_URL = 'https://keys.example/jwks.json'
const FAILED = { kind: 'failed', reason: 'x', host: undefined, setting: 'none' } as const

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function documentHost(): Promise<DocumentHost> {
  const host = await startDocumentHost()
  closers.push(host.close)
  return host
}

/** An engine of one client, whose keys are elsewhere. */
function keysOf(egress: Egress, jwksUri = KEYS_URL) {
  const reported: unknown[] = []
  const cookies = { get: () => undefined, set: () => undefined } as never
  const provider = silently(
    () =>
      new Provider('http://127.0.0.1:1', {
        ...outgoing(egress, (_level, message, detail) => reported.push({ message, ...detail })),
        features: { devInteractions: { enabled: false } },
        clientAuthMethods: ['private_key_jwt'],
        clients: [
          {
            client_id: 'with-keys',
            token_endpoint_auth_method: 'private_key_jwt',
            jwks_uri: jwksUri,
            redirect_uris: ['https://client.example/cb'],
          },
        ],
      }),
  )
  const load = async (): Promise<unknown> => {
    const client = await provider.Client.find('with-keys')
    const store: { refresh(): Promise<void> } = Reflect.get(client ?? {}, 'asymmetricKeyStore')
    return runUnit({ correlationId: 'req_1', cookies }, () => store.refresh()).then(
      () => 'loaded',
      (error: Error) => `${Reflect.get(error, 'error_description')} ${Reflect.get(error, 'error_detail')}`,
    )
  }
  return { load, reported }
}

function silently<Result>(make: () => Result): Result {
  const spies = (['warn', 'info'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation(() => undefined),
  )
  try {
    return make()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

const KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
}

describe('what the engine fetches by itself', () => {
  it('leaves through the one way out, as the URL of a stranger [AS-CIMD-07 AS-DCR-10]', async () => {
    const host = await documentHost()
    host.serve(KEYS_URL, { keys: [{ ...KEY, kid: 'one', use: 'sig', alg: 'ES256' }] })
    const egress = host.egress()
    const get = vi.fn(egress.get)
    expect(await keysOf({ ...egress, get }).load()).toBe('loaded')
    const request = { trust: 'stranger', accept: 'application/json', maxBytes: 65_536, timeoutMs: 2_500 }
    expect(get.mock.calls).toEqual([[KEYS_URL, request]])
    expect(host.requests).toEqual(['keys.example/jwks.json'])
  })

  it.each([
    {
      what: 'a redirect',
      serve: (host: DocumentHost) =>
        host.answer(KEYS_URL, (_q, res) => void res.writeHead(302, { Location: '/x' }).end('{}')),
    },
    {
      what: 'a body without an end',
      serve: (host: DocumentHost) => host.answer(KEYS_URL, (_q, res) => void res.end(' '.repeat(70_000))),
    },
    { what: 'nothing', serve: (host: DocumentHost) => host.remove(KEYS_URL) },
  ])('is no key set when the answer is $what [AS-CIMD-05 AS-CIMD-08]', async ({ serve }) => {
    const host = await documentHost()
    serve(host)
    expect(await keysOf(host.egress()).load()).not.toBe('loaded')
    expect(host.requests).toEqual(['keys.example/jwks.json'])
  })

  it('is refused at a private address, said exactly in the log and generally to the engine [AS-CIMD-07 A24]', async () => {
    const host = await documentHost()
    const { load, reported } = keysOf(host.egress(), 'https://169.254.169.254/latest')
    const told = await load()
    expect(told).toContain('could not be had')
    expect(told).not.toMatch(/169|number/)
    expect(reported).toEqual([
      {
        message: 'outgoing request refused',
        correlationId: 'req_1',
        code: 'SALLYPORT_E_EGRESS',
        url: 'https://169.254.169.254/latest',
        host: '169.254.169.254:443',
        setting: 'none',
        reason: 'must name its host, not number it',
      },
    ])
  })

  it('is read, never written', async () => {
    const get = vi.fn<Egress['get']>(async (): Promise<EgressOutcome> => FAILED)
    const { fetch } = outgoing({ get, close: async () => undefined }, () => undefined)
    await expect(fetch?.(KEYS_URL, { method: 'POST', body: 'x' })).rejects.toThrow(TypeError)
    expect(get).not.toHaveBeenCalled()
  })

  it('has no other way out in the engine', () => {
    const lib = join(dirname(createRequire(import.meta.url).resolve('oidc-provider/package.json')), 'lib')
    const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
    const others = files.flatMap((name) => {
      const text = readFileSync(join(lib, name), 'utf8')
      const found = text.match(
        /globalThis\.fetch|(?<![.\w])fetch\(|from '(?:node:)?(?:https|http2|net|tls|dgram|dns)'|https?\.(?:request|get)\(/g,
      )
      return (found ?? []).map((use) => `${name}: ${use}`)
    })
    expect(files.length).toBeGreaterThan(150)
    expect(others).toEqual(['helpers/defaults.js: globalThis.fetch'])
  })
})

describe('a registration', () => {
  it.each(['jwks_uri', 'sector_identifier_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'client_uri'])(
    'with %s makes no request, wherever it points [AS-DCR-10]',
    async (name) => {
      const host = await documentHost()
      const get = vi.fn(host.egress().get)
      const server: TestServer = await startTestServer({ egress: { get, close: async () => undefined } })
      closers.push(server.close)
      for (const target of [
        'https://client.example/x.json',
        'https://169.254.169.254/latest',
        `https://127.0.0.1:${host.port}/`,
      ]) {
        await postRegistration(server, {
          redirect_uris: ['https://client.example/cb'],
          [name]: target,
          subject_type: 'pairwise',
        })
        await postRegistration(server, { redirect_uris: ['https://client.example/cb'], [name]: target })
      }
      expect(get).not.toHaveBeenCalled()
      expect(host.connections()).toBe(0)
    },
  )
})
