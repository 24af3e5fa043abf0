import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve } from '../setup/flow.ts'
import { callTool, createSdk1Application, type Sdk1Application } from './sdk1-application.ts'
import { type Stack, startStack } from './stack.ts'

const sent: URL[] = []
const tokenRequests: URLSearchParams[] = []

/** The network as a client of 2025-03-26 sees it: it asks for no protected resource metadata and reads no challenge. */
async function asOfThen(url: string | URL, init?: RequestInit): Promise<Response> {
  const { pathname } = new URL(url)
  sent.push(new URL(url))
  if (pathname === '/token') tokenRequests.push(new URLSearchParams(String(init?.body)))
  if (pathname.startsWith('/.well-known/oauth-protected-resource')) return new Response(null, { status: 404 })
  const response = await fetch(url, init)
  const headers = new Headers(response.headers)
  headers.delete('www-authenticate')
  return new Response(response.body, { status: response.status, headers })
}

// The SDK's own code for servers of that revision: it runs where there is no protected resource metadata.
describe('a client of revision 2025-03-26, which knows the origin of the MCP server and sends no resource', () => {
  let stack: Stack
  let application: Sdk1Application
  beforeAll(async () => {
    stack = await startStack()
    application = createSdk1Application(stack.demo.url, {}, asOfThen)
  })
  afterAll(() => stack.close())

  it('finds the issuer at the origin, and the resource in the address it sends its person to (AS-DISC-22)', async () => {
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    const { origin } = new URL(stack.demo.url)
    expect(sent.map(({ href }) => href)).toContain(`${origin}/.well-known/oauth-authorization-server`)
    const { memory } = application
    expect(memory.sentTo?.href).toMatch(new RegExp(`^${stack.server.issuer}/authorize\\?`))
    expect(memory.sentTo?.searchParams.getAll('resource')).toEqual([stack.demo.url])
  })

  it('gets a token for this server, naming it nowhere in the token request (AS-RES-06)', async () => {
    const { params } = await approve(stack.server, { url: application.memory.sentTo?.href ?? '' })
    await application.comeBack(params)
    expect(tokenRequests.at(-1)?.has('resource')).toBe(false)
    expect(decodeJwt(application.memory.tokens?.access_token ?? '').aud).toBe(stack.demo.url)
  })

  it('lists, reads and refreshes with it', async () => {
    const { memory } = application
    const client = await application.connect()
    expect(JSON.parse(await callTool(client, 'issue_read', { number: 1 })).number).toBe(1)
    const before = memory.tokens?.refresh_token
    memory.tokens = { ...memory.tokens, access_token: 'no-longer-good', token_type: 'Bearer' }
    expect(await callTool(client, 'repositories_list')).not.toBe('')
    expect(memory.tokens?.refresh_token).not.toBe(before)
    expect(tokenRequests.at(-1)?.has('resource')).toBe(false)
    await client.close()
  })
})
