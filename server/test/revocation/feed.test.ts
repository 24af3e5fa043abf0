import { setTimeout as sleep } from 'node:timers/promises'
import { type Guard, protect } from '@sallyport/resource'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServerProcess, startServerProcess } from '../contest/server-processes.ts'
import { basic, CONFIDENTIAL, giveResource, postForm, WITH_CONFIDENTIAL_CLIENTS } from '../setup/access-tokens.ts'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { signInAndRedeem } from '../setup/flow.ts'

let server: TestServer
/** Another process on the same database. */
let process: ServerProcess
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
  process = await startServerProcess(server)
})
afterAll(async () => {
  await process.stop()
  await server.close()
})

const feedUrl = (at: TestServer): string => `${at.origin}/resources/${encodeURIComponent(RESOURCE)}/revocations`

async function feedOf(at: TestServer): Promise<string> {
  return (await fetch(feedUrl(at))).text()
}

async function granted(scope = 'mcp:issue:read') {
  const { clientId, tokens } = await signInAndRedeem(server, { scope }, { scopes: scope.split(' ') })
  const accessToken = String(tokens.body.access_token)
  return { clientId, accessToken, grantId: String(decodeJwt(accessToken).gid) }
}

const giveBack = ({ clientId, accessToken }: { clientId: string; accessToken: string }) =>
  postForm(server, '/revoke', { client_id: clientId, token: accessToken })

describe('GET /resources/{resource}/revocations', () => {
  it('answers a signed statement for this resource alone, good for a minute, that no token can be taken for (AS-REV-02)', async () => {
    const answer = await fetch(feedUrl(server))
    expect(answer.headers.get('content-type')).toBe('application/jwt')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const feed = await answer.text()
    expect(decodeProtectedHeader(feed)).toMatchObject({ typ: 'sallyport-revocations+jwt', alg: 'ES256' })
    const { iss, aud, iat = 0, exp = 0 } = decodeJwt(feed)
    expect({ iss, aud, seconds: exp - iat }).toEqual({ iss: server.issuer, aud: RESOURCE, seconds: 60 })
  })

  it('is named by the metadata, and found by the id of the resource as well', async () => {
    const metadata = await (await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)).json()
    expect(metadata.resource_revocations_uri_template).toBe(`${server.issuer}/resources/{resource}/revocations`)
    const [{ id } = { id: '' }] = await server.store.resources.list()
    expect((await fetch(`${server.origin}/resources/${id}/revocations`)).status).toBe(200)
  })

  it('holds every grant that ended, at every process, before the second after', async () => {
    const [one, two] = [await granted(), await granted()]
    await giveBack(one)
    await sleep(300)
    for (const each of [server, process.server]) {
      const { revoked } = decodeJwt(await feedOf(each))
      expect(revoked).toContain(one.grantId)
      expect(revoked).not.toContain(two.grantId)
    }
  })

  it('is no endpoint for anything else', async () => {
    expect((await fetch(feedUrl(server), { method: 'POST' })).status).toBe(405)
    expect((await fetch(`${server.origin}/resources/nothing/revocations`)).status).toBe(404)
    expect((await fetch(`${server.origin}/resources/%E0%A4%A/revocations`)).status).toBe(404)
  })
})

describe('the stream of the same', () => {
  it('says what is, then what changes', async () => {
    const ended = new AbortController()
    const answer = await fetch(feedUrl(process.server), {
      headers: { accept: 'text/event-stream' },
      signal: ended.signal,
    })
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const events = eventsOf(answer)
    const first = decodeJwt(String((await events.next()).value))
    const grant = await granted()
    await giveBack(grant)
    const second = decodeJwt(String((await events.next()).value))
    expect(first.revoked).not.toContain(grant.grantId)
    expect(second.revoked).toContain(grant.grantId)
    ended.abort()
  })
})

async function* eventsOf(answer: Response): AsyncGenerator<string> {
  let text = ''
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield text.slice('data: '.length, end)
      text = text.slice(end + 2)
    }
  }
}

describe('a protected resource that reads the feed', () => {
  const call = (guard: Guard, token: string, name: string) =>
    guard.handle(
      new Request(RESOURCE, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }),
      }),
      () => Response.json({}),
    )

  it.each([
    { what: 'given back by its client', end: giveBack },
    {
      what: 'withdrawn by the person',
      end: ({ clientId }: { clientId: string }) => server.store.consentList.withdraw({ clientId }),
    },
    {
      what: 'of a client that was removed',
      end: ({ clientId }: { clientId: string }) => server.store.clients.remove(clientId),
    },
  ])(
    'refuses within seconds an access token $what, long before it expires (I3, AS-REV-02)',
    async ({ end }) => {
      const guard = await protect({ issuer: server.issuer, resource: RESOURCE, tools: TOOLS, log: () => undefined })
      const grant = await granted('mcp:issue:read mcp:issue:create')
      expect((await call(guard, grant.accessToken, 'issue_create')).status).toBe(200)
      await end(grant)
      const status = async (): Promise<number> => (await call(guard, grant.accessToken, 'issue_create')).status
      await expect.poll(status, { timeout: 20_000 }).toBe(401)
    },
    30_000,
  )

  it('no longer lets a token do what was taken back, while it goes on with the rest (I3, AS-REV-02)', async () => {
    const guard = await protect({ issuer: server.issuer, resource: RESOURCE, tools: TOOLS, log: () => undefined })
    const grant = await granted('mcp:issue:read mcp:issue:create')
    const [consent] = await server.store.consentList.list({ clientId: grant.clientId }, Math.floor(Date.now() / 1000))
    const { sub: accountId = '' } = decodeJwt(grant.accessToken)
    const key = { consentId: String(consent?.id), accountId, scope: 'mcp:issue:create' }
    expect(await server.store.consentList.takeBack(key)).toBe(true)
    const status = async (tool: string): Promise<number> => (await call(guard, grant.accessToken, tool)).status
    await expect.poll(() => status('issue_create'), { timeout: 20_000 }).toBe(403)
    expect(await status('issue_read')).toBe(200)
    const form = { token: grant.accessToken }
    const { text } = await postForm(server, '/introspect', form, basic(CONFIDENTIAL.owner))
    expect(JSON.parse(text)).toMatchObject({ active: true, scope: 'mcp:issue:read' })
  }, 30_000)

  it('is told of the grant that a token for a token began with', async () => {
    const uri = 'https://downstream.example.com'
    const [{ id } = { id: '' }] = await server.store.resources.list()
    await server.store.resources.put({
      ...{ id: 'downstream', uri, name: 'Downstream', aliases: [], tools: TOOLS, accessTokenSeconds: undefined },
      ...{ source: 'cli', exchangeOnly: true, exchangeFrom: [id] },
    })
    const grant = await granted()
    await giveBack(grant)
    const address = `${server.origin}/resources/downstream/revocations`
    await expect
      .poll(
        async () => {
          const answer = await fetch(address)
          return answer.status === 200 ? decodeJwt(await answer.text()).revoked : []
        },
        { timeout: 20_000 },
      )
      .toContain(grant.grantId)
  }, 30_000)
})
