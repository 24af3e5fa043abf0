import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js'
import { z } from 'zod'
import { REDIRECT } from '../setup/flow.ts'

const toolResult = z.object({ isError: z.boolean().optional(), content: z.array(z.object({ text: z.string() })) })

type Send = (url: string | URL, init?: RequestInit) => Promise<Response>

/** An application on @modelcontextprotocol/sdk 1.x. */
export interface Sdk1Application {
  /** What it keeps between two steps, as the SDK wants it kept. */
  readonly memory: {
    sentTo: URL | undefined
    client: OAuthClientInformationMixed | undefined
    tokens: OAuthTokens | undefined
    verifier: string
  }
  /** What the SDK sent to `/register`. */
  readonly registrations: readonly Record<string, unknown>[]
  connect(): Promise<Client>
  /** Redeems the code of a callback: this SDK looks at nothing else in it. */
  comeBack(params: URLSearchParams): Promise<void>
}

/**
 * Makes an application for one MCP server that registers itself.
 *
 * @param metadata what it says of itself besides its name and redirect URI
 * @param via how its requests are sent
 */
export function createSdk1Application(
  server: string,
  metadata: Record<string, unknown> = {},
  via: Send = fetch,
): Sdk1Application {
  const memory: Sdk1Application['memory'] = { sentTo: undefined, client: undefined, tokens: undefined, verifier: '' }
  const registrations: Record<string, unknown>[] = []
  const authProvider = createProvider(memory, metadata)
  const recordingFetch = (url: string | URL, init?: RequestInit): Promise<Response> => {
    if (new URL(url).pathname === '/register') registrations.push(JSON.parse(String(init?.body)))
    return via(url, init)
  }
  const createTransport = () =>
    new StreamableHTTPClientTransport(new URL(server), { authProvider, fetch: recordingFetch })
  return {
    memory,
    registrations,
    async connect() {
      const client = new Client({ name: 'sdk1-application', version: '1' })
      await client.connect(createTransport())
      return client
    },
    comeBack: (params) => createTransport().finishAuth(params.get('code') ?? ''),
  }
}

function createProvider(memory: Sdk1Application['memory'], metadata: Record<string, unknown>): OAuthClientProvider {
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'SDK 1.x application',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
      ...metadata,
    },
    clientInformation: () => memory.client,
    saveClientInformation: (client) => {
      memory.client = client
    },
    tokens: () => memory.tokens,
    saveTokens: (tokens) => {
      memory.tokens = tokens
    },
    redirectToAuthorization: (url) => {
      memory.sentTo = url
    },
    saveCodeVerifier: (verifier) => {
      memory.verifier = verifier
    },
    codeVerifier: () => memory.verifier,
  }
}

/** Calls a tool and returns its text; what the tool refuses is an error. */
export async function callTool(client: Client, name: string, input: Record<string, unknown> = {}): Promise<string> {
  const { isError, content } = toolResult.parse(await client.callTool({ name, arguments: input }))
  if (isError === true) throw new Error(`${name} answered an error: ${content[0]?.text}`)
  return content[0]?.text ?? ''
}
