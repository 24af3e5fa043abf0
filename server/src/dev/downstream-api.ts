import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AuthInfo, type Guard, protect } from '@sallyport/resource'
import { createNodeHandler } from '@sallyport/resource/node'

/** The demo downstream API while it listens. */
export interface DownstreamApi {
  /** Its address and resource identifier. */
  readonly url: string
  /** True when it listens and has its issuer's metadata and keys. */
  ready(): Promise<boolean>
  close(): Promise<void>
}

interface DownstreamApiOptions {
  /** Issuer of the tokens it takes; need not be up yet. */
  readonly issuer: string
  /** Port on 127.0.0.1. */
  readonly port: number
  /** Told of each token that arrives, good or not, by its SHA-256. */
  readonly log: (message: string) => void
}

const HOST = '127.0.0.1'
/** What a token needs to read from the API. */
export const READ_SCOPE = 'mcp:issue:read'

/** The tools file of the API: it has one thing to offer, which reads. */
export const downstreamTools = {
  scopes: { [READ_SCOPE]: { class: 'read', description: 'Read issues' } },
  tools: { read: { scopes: [READ_SCOPE] } },
}

/** Resource identifier of the API on that port: the audience of its tokens. */
export function downstreamUri(port: number): string {
  return `http://${HOST}:${port}`
}

/**
 * Starts an API that is no MCP server and takes tokens for itself alone. `GET /` answers what arrived: the token's
 * audience, who acts in it, its scopes and its SHA-256, so that anybody can see that it is not the token the MCP client
 * holds.
 *
 * @throws what `listen` throws, EADDRINUSE for one
 */
export async function startDownstreamApi({ issuer, port, log }: DownstreamApiOptions): Promise<DownstreamApi> {
  const uri = downstreamUri(port)
  const guard = await protect({
    issuer,
    resource: uri,
    tools: downstreamTools,
    resourceName: 'Sallyport demo API',
    log: ({ code, detail }) => log(`downstream: ${code} ${detail}`),
  })
  const server = createServer(createListener(guard, log)).listen(port, HOST)
  await once(server, 'listening')
  return {
    url: uri,
    ready: async () => server.listening && (await guard.ready()),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function createListener(guard: Guard, log: (message: string) => void): RequestListener {
  const handle = createNodeHandler(
    guard,
    (request, response) => send(response, answerFor(request, guard.resource)),
    (error) => log(`downstream: ${String(error)}`),
  )
  return (request, response) => {
    const hash = hashOfToken(request)
    if (hash !== undefined) log(`downstream: a token with the SHA-256 ${hash} arrived`)
    void handle(request, response)
  }
}

interface Answer {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

function answerFor({ url, method, auth }: IncomingMessage & { auth?: AuthInfo }, aud: string): Answer {
  if (auth === undefined) return { status: 401, body: { error: 'invalid_token' } }
  if (url !== '/') return { status: 404, body: { error: 'not_found' } }
  if (method !== 'GET') return { status: 405, body: { error: 'method_not_allowed' }, headers: { allow: 'GET' } }
  if (!auth.scopes.includes(READ_SCOPE)) {
    const challenge = `Bearer error="insufficient_scope", scope="${READ_SCOPE}"`
    return { status: 403, body: { error: 'insufficient_scope' }, headers: { 'www-authenticate': challenge } }
  }
  const { scopes, clientId, token, extra } = auth
  const tokenHash = token.replace(/^at:/, '')
  // Of the audience there is one: the guard lets no other through, and compares byte for byte.
  return {
    status: 200,
    body: { aud, sub: extra.sub, client_id: clientId, act: extra.act, scopes, token_sha256: tokenHash },
  }
}

function hashOfToken({ headers }: IncomingMessage): string | undefined {
  const token = headers.authorization?.match(/^\S+ +(\S+)$/)?.[1]
  return token === undefined ? undefined : createHash('sha256').update(token).digest('hex')
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
  response.end(JSON.stringify(body))
}
