import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approve, REDIRECT } from '../setup/flow.ts'
import { type Stack, startStack } from './stack.ts'

/** What the SDK keeps between its steps, as an application that uses it would. */
class MemoryProvider implements OAuthClientProvider {
  readonly redirectUrl = REDIRECT
  readonly clientMetadata = {
    client_name: 'SDK 1.x client',
    redirect_uris: [REDIRECT],
    token_endpoint_auth_method: 'none',
  }
  sentTo: URL | undefined
  client: OAuthClientInformationMixed | undefined
  kept: OAuthTokens | undefined
  verifier = ''
  clientInformation() {
    return this.client
  }
  saveClientInformation(client: OAuthClientInformationMixed) {
    this.client = client
  }
  tokens() {
    return this.kept
  }
  saveTokens(tokens: OAuthTokens) {
    this.kept = tokens
  }
  redirectToAuthorization(url: URL) {
    this.sentTo = url
  }
  saveCodeVerifier(verifier: string) {
    this.verifier = verifier
  }
  codeVerifier() {
    return this.verifier
  }
}

let stack: Stack
const provider = new MemoryProvider()

const connect = async (): Promise<Client> => {
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(new StreamableHTTPClientTransport(new URL(stack.demo.url), { authProvider: provider }))
  return client
}

const textOf = (result: unknown): string => {
  const { content } = result as { content: { text: string }[] }
  return content[0]?.text ?? ''
}

describe('the unmodified MCP SDK 1.32 client', () => {
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('finds its way from the first 401 to the authorization endpoint, registering with the scope of the challenge', async () => {
    await expect(connect()).rejects.toBeInstanceOf(UnauthorizedError)
    expect(provider.sentTo?.href).toMatch(new RegExp(`^${stack.server.issuer}/authorize\\?`))
    expect(provider.sentTo?.searchParams.get('resource')).toBe(stack.demo.url)
    expect(provider.sentTo?.searchParams.get('scope')).toBe('mcp:repositories:list mcp:issue:read')
    expect(provider.client?.client_id).toMatch(/^client_/)
  })

  it('sends its person through sign-in and consent, and redeems the code', async () => {
    const { code } = await approve(stack.server, { url: provider.sentTo?.href ?? '' })
    const transport = new StreamableHTTPClientTransport(new URL(stack.demo.url), { authProvider: provider })
    await transport.finishAuth(code)
    expect(decodeJwt(provider.kept?.access_token ?? '').aud).toBe(stack.demo.url)
    expect(provider.kept?.refresh_token).toEqual(expect.any(String))
  })

  it('calls tools with a token whose audience is that server alone', async () => {
    const client = await connect()
    const { sub, client_id: clientId, scopes } = JSON.parse(textOf(await client.callTool({ name: 'whoami' })))
    expect({ sub, clientId, scopes }).toEqual({
      sub: decodeJwt(provider.kept?.access_token ?? '').sub,
      clientId: provider.client?.client_id,
      scopes: ['mcp:repositories:list', 'mcp:issue:read'],
    })
    expect(textOf(await client.callTool({ name: 'issue_read', arguments: { number: 1 } }))).not.toBe('')
    await client.close()
  })

  it('refreshes by itself when its access token is refused, and goes on', async () => {
    const before = provider.kept?.refresh_token
    provider.kept = { ...provider.kept, access_token: 'expired', token_type: 'Bearer' }
    const client = await connect()
    expect(textOf(await client.callTool({ name: 'repositories_list' }))).not.toBe('')
    expect(provider.kept?.refresh_token).not.toBe(before)
    await client.close()
  })
})
