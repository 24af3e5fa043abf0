import {
  Client,
  type ClientOptions,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client'
import { z } from 'zod'
import { REDIRECT } from '../setup/flow.ts'

const toolResult = z.object({ isError: z.boolean().optional(), content: z.array(z.object({ text: z.string() })) })

/** An application on @modelcontextprotocol/client 2.x. */
export interface Sdk2Application {
  /** What it keeps between two steps, as the SDK wants it kept. */
  readonly memory: {
    sentTo: URL | undefined
    client: OAuthClientInformationMixed | undefined
    tokens: OAuthTokens | undefined
    verifier: string
    discovery: OAuthDiscoveryState | undefined
  }
  /** A client that is connected to the server. */
  connect(options?: ClientOptions): Promise<Client>
  /** Hands the callback of the authorization to the SDK, which validates it and redeems the code. */
  comeBack(params: URLSearchParams): Promise<void>
}

/**
 * Makes an application for one MCP server. It registers itself, unless it has a document that describes it.
 *
 * @param clientMetadataUrl where that document is: its client id
 */
export function createSdk2Application(server: string, clientMetadataUrl?: string): Sdk2Application {
  const memory: Sdk2Application['memory'] = {
    sentTo: undefined,
    client: undefined,
    tokens: undefined,
    verifier: '',
    discovery: undefined,
  }
  const authProvider = createProvider(memory, clientMetadataUrl)
  const createTransport = () => new StreamableHTTPClientTransport(new URL(server), { authProvider })
  return {
    memory,
    async connect(options = {}) {
      const client = new Client({ name: 'sdk2-application', version: '1' }, options)
      await client.connect(createTransport())
      return client
    },
    comeBack: (params) => createTransport().finishAuth(params),
  }
}

function createProvider(memory: Sdk2Application['memory'], clientMetadataUrl?: string): OAuthClientProvider {
  return {
    redirectUrl: REDIRECT,
    clientMetadata: {
      client_name: 'SDK 2.x application',
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: 'none',
    },
    ...(clientMetadataUrl === undefined ? {} : { clientMetadataUrl }),
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
    saveDiscoveryState: (discovery) => {
      memory.discovery = discovery
    },
    discoveryState: () => memory.discovery,
  }
}

/** Calls a tool and returns its text; what the tool refuses is an error. */
export async function callTool(client: Client, name: string, input: Record<string, unknown> = {}): Promise<string> {
  const { isError, content } = toolResult.parse(await client.callTool({ name, arguments: input }))
  if (isError === true) throw new Error(`${name} answered an error: ${content[0]?.text}`)
  return content[0]?.text ?? ''
}
