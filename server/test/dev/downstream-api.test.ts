import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DownstreamApi, startDownstreamApi } from '../../src/dev/downstream-api.ts'
import { makeDevSettings } from './dev-settings.ts'
import { type FixtureIssuer, makeIssuer } from './fixtures/issuer.ts'

const READ = 'mcp:issue:read'

describe('the demo downstream API', () => {
  const logged: string[] = []
  let issuer: FixtureIssuer
  let api: DownstreamApi
  beforeAll(async () => {
    const { listen, demo } = makeDevSettings('/nowhere')
    issuer = await makeIssuer(listen.port)
    api = await startDownstreamApi({
      issuer: issuer.issuer,
      port: demo.downstreamPort,
      log: (message) => logged.push(message),
    })
  })
  afterAll(async () => {
    await api.close()
    await issuer.close()
  })

  const get = (token?: string, path = '/', method = 'GET') =>
    fetch(api.url + path, { method, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })

  it('is not ready before its issuer has answered, and is afterwards', async () => {
    expect(await api.ready()).toBe(false)
    await issuer.listen()
    await expect.poll(() => api.ready(), { timeout: 20_000, interval: 250 }).toBe(true)
  })

  it('answers what it saw: audience, who acts, scopes and the SHA-256 of the token that arrived', async () => {
    const token = await issuer.mint(api.url, READ, { act: { sub: 'resource-server' } })
    const response = await get(token)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      aud: api.url,
      sub: 'alice',
      client_id: 'inspector',
      act: { sub: 'resource-server' },
      scopes: [READ],
      token_sha256: createHash('sha256').update(token).digest('hex'),
    })
  })

  it.each([
    ['the MCP server in front of it', 'http://127.0.0.1:9401/mcp'],
    ['the same address with a slash', '/'],
  ])('refuses a token whose audience is %s (RS-TOK-03), and says in the log that it arrived', async (_whose, aud) => {
    const token = await issuer.mint(aud === '/' ? `${api.url}/` : aud, READ)
    const response = await get(token)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(logged.join('\n')).toContain(createHash('sha256').update(token).digest('hex'))
    expect(logged.join('\n')).not.toContain(token)
  })

  it('asks for a token when none came, and says who issues them', async () => {
    const response = await get()
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer .*resource_metadata="/)
    const metadata = await fetch(`${api.url}/.well-known/oauth-protected-resource`)
    expect(await metadata.json()).toMatchObject({ resource: api.url, authorization_servers: [issuer.issuer] })
  })

  it('refuses a token of its own that does not hold the scope', async () => {
    const response = await get(await issuer.mint(api.url, ''))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain(`scope="${READ}"`)
  })

  it('has one address and one method', async () => {
    const token = await issuer.mint(api.url, READ)
    expect((await get(token, '/other')).status).toBe(404)
    expect((await get(token, '/', 'DELETE')).status).toBe(405)
  })

  it('answers 400 to a foreign Host, so that no rebound name reaches it', async () => {
    const [response] = await once(request(api.url, { headers: { host: 'evil.example' } }).end(), 'response')
    expect(response.statusCode).toBe(400)
  })
})
