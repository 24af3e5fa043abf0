import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'

export const RESOURCE = 'https://mcp.example.com/mcp'

const CLIENT = { client_id: 'machine', client_secret: 'a secret of this test alone' }

/** An issuer on plain oidc-provider. */
export interface PlainProvider {
  readonly issuer: string
  /** Asks its token endpoint, as a client of it would. */
  issueToken(scope: string): Promise<string>
  /** Replaces its signing keys, as after a restart with another key set. */
  rotateKeys(): Promise<void>
  close(): Promise<void>
}

interface PlainOptions {
  /** Path of the issuer identifier; none unless set. */
  readonly path?: string
  /** `typ` of its access tokens; what the library writes unless set. */
  readonly typ?: string
}

/** @param options what differs from the library's own ways */
export async function startPlainProvider({ path = '', typ }: PlainOptions = {}): Promise<PlainProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
  const mount = async (): Promise<void> => {
    const provider = new Provider(issuer, { ...configurationOf(typ), jwks: { keys: [await privateJwk()] } })
    server.removeAllListeners('request')
    server.on('request', mountAt(path, provider.callback()))
  }
  await mount()
  return {
    issuer,
    issueToken: (scope) => requestToken(issuer, scope),
    rotateKeys: mount,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function configurationOf(typ: string | undefined): Configuration {
  return {
    clients: [{ ...CLIENT, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    ttl: { ClientCredentials: 300 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope: 'mcp:issue:read mcp:issue:create', accessTokenFormat: 'jwt' }),
      },
    },
    ...(typ !== undefined && {
      formats: { customizers: { jwt: (_ctx, _token, parts) => void Object.assign(parts, { header: { typ } }) } },
    }),
  }
}

// The library leaves mounting under a path to the framework around it; express and koa-mount do this.
function mountAt(path: string, listener: RequestListener): RequestListener {
  return (req, res) => {
    if (!req.url?.startsWith(`${path}/`)) return void res.writeHead(404).end()
    Object.assign(req, { originalUrl: req.url, baseUrl: path, url: req.url.slice(path.length) })
    listener(req, res)
  }
}

async function privateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: crypto.randomUUID() }
}

async function requestToken(issuer: string, scope: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${CLIENT.client_id}:${encodeURIComponent(CLIENT.client_secret)}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: RESOURCE, scope }),
  })
  const body: { access_token?: string } = await response.json()
  if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`)
  return body.access_token
}
