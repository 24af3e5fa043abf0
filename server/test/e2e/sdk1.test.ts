import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve } from '../setup/flow.ts'
import { callTool, createSdk1Application, type Sdk1Application } from './sdk1-application.ts'
import { type Stack, startStack } from './stack.ts'

const FIRST = 'mcp:repositories:list mcp:issue:read'

let stack: Stack
let application: Sdk1Application

describe('the unmodified MCP SDK 1.32 client', () => {
  beforeAll(async () => {
    stack = await startStack()
    application = createSdk1Application(stack.demo.url)
  })
  afterAll(() => stack.close())

  it('finds its way from the first 401 to the authorization endpoint, registering with the scope of the challenge', async () => {
    await expect(application.connect()).rejects.toBeInstanceOf(UnauthorizedError)
    const { memory, registrations } = application
    expect(registrations.map(({ scope }) => scope)).toEqual([FIRST])
    expect(memory.sentTo?.href).toMatch(new RegExp(`^${stack.server.issuer}/authorize\\?`))
    expect(memory.sentTo?.searchParams.get('resource')).toBe(stack.demo.url)
    expect(memory.sentTo?.searchParams.get('scope')).toBe(FIRST)
    expect(memory.client?.client_id).toMatch(/^client_/)
  })

  it('sends its person through sign-in and consent, and redeems the code', async () => {
    const { memory } = application
    const { params } = await approve(stack.server, { url: memory.sentTo?.href ?? '' })
    await application.comeBack(params)
    expect(decodeJwt(memory.tokens?.access_token ?? '').aud).toBe(stack.demo.url)
    expect(memory.tokens?.refresh_token).toEqual(expect.any(String))
  })

  it('calls tools with a token whose audience is that server alone', async () => {
    const { memory } = application
    const client = await application.connect()
    const { sub, client_id: clientId, scopes } = JSON.parse(await callTool(client, 'whoami'))
    expect({ sub, clientId, scopes }).toEqual({
      sub: decodeJwt(memory.tokens?.access_token ?? '').sub,
      clientId: memory.client?.client_id,
      scopes: FIRST.split(' '),
    })
    expect(await callTool(client, 'issue_read', { number: 1 })).not.toBe('')
    await client.close()
  })

  it('refreshes by itself when its access token is refused, and goes on', async () => {
    const { memory } = application
    const before = memory.tokens?.refresh_token
    memory.tokens = { ...memory.tokens, access_token: 'expired', token_type: 'Bearer' }
    const client = await application.connect()
    expect(await callTool(client, 'repositories_list')).not.toBe('')
    expect(memory.tokens?.refresh_token).not.toBe(before)
    await client.close()
  })
})
