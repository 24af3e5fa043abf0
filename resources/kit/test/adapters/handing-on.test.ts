import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type ProtectOptions, protect } from '@sallyport/resource'
import { createFastifyPlugin } from '@sallyport/resource/fastify'
import { createHonoMiddleware } from '@sallyport/resource/hono'
import { createNodeHandler } from '@sallyport/resource/node'
import { createTestIssuer, type TestIssuer } from '@sallyport/resource/testing'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, request, TOOLS } from '../setup/guarded-server.ts'
import { startAdaptedServer } from './adapted-server.ts'
import { ADAPTERS } from './adapter-table.ts'
import { modernRequest } from './modern-request.ts'

let issuer: TestIssuer
const servers: Server[] = []

beforeAll(async () => {
  issuer = await createTestIssuer()
})
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

/** A guarded server of one test. */
async function start(
  mount: (guard: Awaited<ReturnType<typeof protect>>) => RequestListener | Promise<RequestListener>,
  options: Partial<ProtectOptions> = {},
): Promise<{ url: string; post: (body: unknown, headers?: Record<string, string>) => Promise<Response> }> {
  const server = createServer().listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  const { issuer: name, fetch: reach } = issuer
  const guard = await protect({
    issuer: name,
    fetch: reach,
    resource: url,
    tools: TOOLS,
    log: () => undefined,
    ...options,
  })
  server.on('request', await mount(guard))
  const authorization = `Bearer ${await issuer.issueToken({ resource: url })}`
  return {
    url,
    post: (body, headers) =>
      fetch(url, { method: 'POST', headers: { authorization, ...headers }, body: JSON.stringify(body) }),
  }
}

describe('what the server behind a guard gets', () => {
  it('is the judged body, also where a parser of fastify reads something else in the same bytes (RS-TR-05)', async () => {
    const { post } = await start(async (guard) => {
      const app = fastify()
      app.removeAllContentTypeParsers()
      app.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
        done(null, { ...JSON.parse(String(text)), params: { name: 'branch_delete' } })
      })
      app.register(createFastifyPlugin(guard))
      app.post('/mcp', (req) => ({ body: req.body }))
      await app.ready()
      return app.routing
    })
    expect(await (await post(call('whoami'))).json()).toEqual({ body: call('whoami') })
  })

  it('is no body that was not judged: with GET and DELETE there is none', async () => {
    const { url, post } = await start((guard) => {
      const handler = createNodeHandler(guard, (req, res) => res.end(JSON.stringify({ body: req.body ?? 'none' })))
      return (req, res) => {
        Object.assign(req, { body: call('branch_delete') })
        return handler(req, res)
      }
    })
    expect((await post(call('whoami'))).status).toBe(200)
    for (const method of ['GET', 'DELETE']) {
      const authorization = `Bearer ${await issuer.issueToken({ resource: url })}`
      expect(await (await fetch(url, { method, headers: { authorization } })).json()).toEqual({ body: 'none' })
    }
  })

  it('says who calls only where a token was verified, whatever was written there before', async () => {
    const mount = (guard: Awaited<ReturnType<typeof protect>>): RequestListener => {
      const handler = createNodeHandler(guard, (req, res) =>
        res.end(JSON.stringify({ auth: req.auth?.clientId ?? 'nobody' })),
      )
      return (req, res) => {
        Object.assign(req, { auth: { clientId: 'forged', scopes: ['mcp:issue:create'] } })
        return handler(req, res)
      }
    }
    const { url, post } = await start(mount, { publicDiscovery: true })
    expect(await (await post(call('whoami'))).json()).toEqual({ auth: 'test-client' })
    const anonymous = await fetch(url, { method: 'POST', body: JSON.stringify(request('server/discover')) })
    expect(await anonymous.json()).toEqual({ auth: 'nobody' })
  })
})

describe('headers that the server and the guard both write', () => {
  it('keep both: an answer that varies by encoding varies by origin as well (T-24)', async () => {
    const { post } = await start((guard) => {
      const app = new Hono()
      app.use(createHonoMiddleware(guard))
      app.post('/mcp', (c) => c.json({}, 200, { vary: 'Accept-Encoding' }))
      return getRequestListener(app.fetch)
    })
    expect((await post(call('whoami'))).headers.get('vary')).toBe('Accept-Encoding, Origin')
  })
})

describe.each(ADAPTERS.filter(({ sdk }) => sdk === 2))('public discovery through the adapter $name', (entry) => {
  it('opens server/discover alone, and only where it was asked for (RS-TR-08)', async () => {
    const open = await startAdaptedServer(entry, { publicDiscovery: true })
    const discover = modernRequest('server/discover')
    const answered = await open.post(discover.body, undefined, discover.headers)
    expect(answered.status).toBe(200)
    expect(await answered.text()).toContain('2026-07-28')
    const list = modernRequest('tools/list')
    expect((await open.post(list.body, undefined, list.headers)).status).toBe(401)
    expect((await open.post([discover.body], undefined)).status).toBe(401)
    await open.close()
    const closed = await startAdaptedServer(entry)
    expect((await closed.post(discover.body, undefined, discover.headers)).status).toBe(401)
    await closed.close()
  })
})

describe('a server on plain node that fails', () => {
  it('answers 500 without a reason, tells the operator, and goes on', async () => {
    const errors: unknown[] = []
    const { post } = await start((guard) =>
      createNodeHandler(
        guard,
        () => Promise.reject(new Error('the database password is x')),
        (error) => errors.push(error),
      ),
    )
    for (const _ of [1, 2]) {
      const response = await post(call('whoami'))
      expect(response.status).toBe(500)
      expect(await response.text()).toBe('{"error":"server_error"}')
    }
    expect(errors.map(String)).toEqual(Array(2).fill('Error: the database password is x'))
  })

  it('cuts an answer off that it had begun, so that nobody takes it for whole', async () => {
    const { post } = await start((guard) =>
      createNodeHandler(
        guard,
        (_req, res) => {
          res.writeHead(200).write('half')
          throw new Error('later')
        },
        () => undefined,
      ),
    )
    await expect(post(call('whoami')).then((response) => response.text())).rejects.toThrow()
  })

  it('survives a client that leaves in the middle of its body', async () => {
    const errors: unknown[] = []
    const { url, post } = await start((guard) =>
      createNodeHandler(
        guard,
        (_req, res) => res.end('{}'),
        (error) => errors.push(error),
      ),
    )
    const authorization = `Bearer ${await issuer.issueToken({ resource: url })}`
    const { hostname, port, host } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.write(
      `POST /mcp HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${authorization}\r\ncontent-length: 100\r\n\r\n{"jsonrpc`,
    )
    await expect.poll(() => socket.bytesWritten).toBeGreaterThan(0)
    setTimeout(() => socket.destroy(), 200)
    await expect.poll(() => errors.length, { timeout: 10_000 }).toBe(1)
    expect((await post(call('whoami'))).status).toBe(200)
  })
})
