import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { requireBearerAuth as requireBearerAuthOnExpress } from '@modelcontextprotocol/express'
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { requireBearerAuth as requireBearerAuthOfSdk1 } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import { OAuthError, requireBearerAuth } from '@modelcontextprotocol/server'
import { type Guard, IssuerUnavailableError, protect, TokenRefusedError } from '@sallyport/resource'
import { createSdk1Verifier } from '@sallyport/resource/sdk1'
import { createTestIssuer, type TestIssuer } from '@sallyport/resource/testing'
import express, { type RequestHandler } from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TOOLS } from './setup/guarded-server.ts'

const RESOURCE = 'https://mcp.example.com/mcp'

let issuer: TestIssuer
let guard: Guard
const servers: Server[] = []

const newGuard = (of: TestIssuer): Promise<Guard> =>
  protect({ issuer: of.issuer, fetch: of.fetch, resource: RESOURCE, tools: TOOLS, log: () => undefined })

beforeAll(async () => {
  issuer = await createTestIssuer()
  guard = await newGuard(issuer)
})
afterAll(() => {
  for (const server of servers) server.close()
})

/** The SDK's own middleware on express, the way its documentation mounts it. */
async function startExpress(gate: RequestHandler): Promise<(token: string) => Promise<Response>> {
  const app = express()
  app.use(gate, (req, res) => void res.json({ auth: (req as { auth?: unknown }).auth }))
  const server = createServer(app).listen(0, '127.0.0.1')
  servers.push(server)
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
  return (token) => fetch(url, { headers: { authorization: `Bearer ${token}` } })
}

const gates = [
  {
    name: 'requireBearerAuth of @modelcontextprotocol/server 2.x',
    start: async (of: Guard) => {
      const gate = requireBearerAuth({ verifier: of.verifier, resourceMetadataUrl: of.metadataUrl })
      return async (token: string): Promise<Response> => {
        const auth = await gate(new Request(RESOURCE, { headers: { authorization: `Bearer ${token}` } }))
        return auth instanceof Response ? auth : Response.json({ auth })
      }
    },
  },
  {
    name: 'requireBearerAuth of @modelcontextprotocol/express 2.x',
    start: (of: Guard) =>
      startExpress(requireBearerAuthOnExpress({ verifier: of.verifier, resourceMetadataUrl: of.metadataUrl })),
  },
  {
    name: 'requireBearerAuth of @modelcontextprotocol/sdk 1.x, with createSdk1Verifier',
    start: (of: Guard) => {
      const verifier = createSdk1Verifier(of, InvalidTokenError)
      return startExpress(requireBearerAuthOfSdk1({ verifier, resourceMetadataUrl: of.metadataUrl }))
    },
  },
]

describe.each(gates)("the guard's verifier in $name", ({ start }) => {
  it('lets a good token pass and hands on a handle (R29)', async () => {
    const response = await (await start(guard))(await issuer.issueToken({ resource: RESOURCE, scopes: ['a:b'] }))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      auth: { token: expect.stringMatching(/^at:/), scopes: ['a:b'], extra: { sub: 'alice' } },
    })
  })

  it.each([
    { what: 'of another resource', token: { resource: 'https://other.example.com/mcp' }, says: 'was refused' },
    { what: 'that has expired', token: { resource: RESOURCE, lifetimeSeconds: -60 }, says: 'has expired' },
  ])('answers 401 invalid_token and where to go to a token $what (RS-401-01, RS-401-04)', async ({ token, says }) => {
    const response = await (await start(guard))(await issuer.issueToken(token))
    expect(response.status).toBe(401)
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain('error="invalid_token"')
    expect(challenge).toContain(`resource_metadata="${guard.metadataUrl}"`)
    expect(await response.json()).toEqual({ error: 'invalid_token', error_description: `The access token ${says}` })
  })

  it('does not answer 401 while the issuer is away (RS-401-09)', async () => {
    const gone = await createTestIssuer()
    gone.setReachable(false)
    const response = await (await start(await newGuard(gone)))(await gone.issueToken({ resource: RESOURCE }))
    expect(response.status).toBe(500)
    expect(response.headers.get('www-authenticate')).toBeNull()
  })
})

describe('the errors of the verifier', () => {
  it('are what SDK 2.x takes for its own, and only the refusal', () => {
    expect(new TokenRefusedError('audience')).toBeInstanceOf(OAuthError)
    // As one of its errors it would be answered with 400, which tells the client that the request was wrong.
    expect(new IssuerUnavailableError()).not.toBeInstanceOf(OAuthError)
  })

  it('leave SDK 1.x without a wrapper at 500: closed, though it says less than 401', async () => {
    const send = await startExpress(requireBearerAuthOfSdk1({ verifier: guard.verifier }))
    expect((await send(await issuer.issueToken({ resource: 'https://other.example.com/mcp' }))).status).toBe(500)
  })
})
