import { decodeJwt, type JWTPayload } from 'jose'
import type { ResourceSettings, Settings } from '../../src/config/settings.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../setup/authorization-server.ts'
import { approve, authorization, redeem, register, type TokenAnswer, tokenRequest } from '../setup/flow.ts'
import { createKeyClient, type KeyClient, proofOf } from '../setup/key-client.ts'

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/** The MCP server people sign in to. */
export const FRONT = 'https://front.example/mcp'
/** The API behind it, and what lies behind that. */
export const API = 'https://api.example'
export const STORE = 'https://store.example'

const scope = (toolClass: string, implies: readonly string[] = []) => ({
  class: toolClass,
  description: 'Does something',
  implies,
})

export const FRONT_TOOLS = {
  scopes: {
    'mcp:issue:read': scope('read'),
    'mcp:issue:write': scope('write', ['mcp:issue:read']),
    'mcp:front:only': scope('read'),
    'mcp:issue:erase': scope('destructive'),
  },
  tools: {
    issue_read: { scopes: ['mcp:issue:read'] },
    issue_write: { scopes: ['mcp:issue:write'] },
    front_only: { scopes: ['mcp:front:only'] },
    issue_erase: { scopes: ['mcp:issue:erase'] },
  },
}

export const API_TOOLS = {
  scopes: {
    'mcp:issue:read': scope('read'),
    'mcp:issue:write': scope('write', ['mcp:issue:read']),
    'mcp:api:only': scope('read'),
  },
  tools: {
    issue_read: { scopes: ['mcp:issue:read'] },
    issue_write: { scopes: ['mcp:issue:write'] },
    api_only: { scopes: ['mcp:api:only'] },
  },
}

export interface Chain {
  readonly server: TestServer
  /** Owner of `FRONT` and of `API`; `stranger` signs in by key and owns the resource of the other tests. */
  readonly front: KeyClient
  readonly api: KeyClient
  readonly stranger: KeyClient
}

/** A server with three resources in a row, each open to the one before it, and the resource of the other tests. */
export async function startChain(options: TestServerOptions = {}): Promise<Chain> {
  const [front, api, stranger] = await Promise.all(['front', 'api', 'stranger'].map((id) => createKeyClient(id)))
  if (front === undefined || api === undefined || stranger === undefined) throw new Error('three keys were asked for')
  const resource = (id: string, uri: string, rest: Partial<ResourceSettings>): ResourceSettings => {
    return { id, uri, name: id, aliases: [`${uri}/alias`], tools: API_TOOLS, ...rest }
  }
  const settings: Partial<Settings> = {
    clients: [front, api, stranger].map(({ id, jwks }) => ({ id, name: id, redirectUris: [], jwks })),
    resources: [
      resource('front', FRONT, { tools: FRONT_TOOLS, ownerClient: 'front', exchangeFrom: ['api'] }),
      resource('api', API, { ownerClient: 'api', exchangeOnly: true, exchangeFrom: ['front'] }),
      resource('store', STORE, { exchangeOnly: true, exchangeFrom: ['api'] }),
      resource('closed', 'https://closed.example', { exchangeOnly: true }),
      resource('strange', 'https://strange.example', { ownerClient: 'stranger', exchangeFrom: ['front'] }),
    ],
    ...options.settings,
  }
  return { server: await startTestServer({ ...options, settings }), front, api, stranger }
}

/** An access token for `FRONT`, as a client of a person holds it. */
export async function signIn(
  { server }: Pick<Chain, 'server'>,
  scope = 'mcp:issue:read mcp:front:only',
): Promise<{ token: string; claims: JWTPayload; clientId: string; refreshToken: string }> {
  const clientId = await register(server)
  const request = authorization(server, clientId, { resource: FRONT, scope })
  const { code } = await approve(server, request, { scopes: scope.split(' ') })
  const { body } = await redeem(server, request, code, { resource: FRONT })
  const token = String(body.access_token)
  return { token, claims: decodeJwt(token), clientId, refreshToken: String(body.refresh_token) }
}

/** Sends an exchange for `API`; `undefined` leaves a parameter out. */
export async function exchange(
  server: TestServer,
  client: KeyClient,
  subjectToken: string,
  form: Record<string, string | undefined> = {},
  headers: HeadersInit = {},
): Promise<TokenAnswer> {
  const whole = {
    grant_type: TOKEN_EXCHANGE,
    subject_token: subjectToken,
    subject_token_type: ACCESS_TOKEN,
    resource: API,
    ...(await proofOf(server, client)),
    ...form,
  }
  return tokenRequest(server, whole, headers)
}

export const claimsOf = ({ body }: TokenAnswer): JWTPayload => decodeJwt(String(body.access_token))
