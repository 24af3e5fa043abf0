import { once } from 'node:events'
import { createServer } from 'node:http'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { protect } from '@sallyport/resource'
import { createSdk1Middleware } from '@sallyport/resource/sdk1'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Egress } from '../egress/index.ts'
import { createDownstreamReader } from './demo-downstream.ts'
import { createDemoFetch } from './demo-fetch.ts'
import { createDemoMcpServer, type DemoMcpDeps } from './demo-mcp.ts'
import { DEMO_NAME, demoUri } from './demo-registry.ts'
import { demoTools } from './demo-tools.ts'
import { createDemoWorld } from './demo-world.ts'

/** The demo MCP server while it listens. */
export interface DemoServer {
  /** Its endpoint and resource identifier. */
  readonly url: string
  /** True when it listens and has its issuer's metadata and keys. */
  ready(): Promise<boolean>
  close(): Promise<void>
}

interface DemoServerOptions {
  /** Issuer of the tokens it takes; need not be up yet. */
  readonly issuer: string
  /** Port on 127.0.0.1. */
  readonly port: number
  /** The way out of url_fetch; nothing has to be opened in it. */
  readonly egress: Egress
  /** What downstream_read reaches, and the client and private key that it exchanges tokens with. */
  readonly downstream: { readonly url: string; readonly client: { readonly id: string; readonly key: object } }
  readonly log: (message: string) => void
}

const HOST = '127.0.0.1'
// The browser mode of the MCP Inspector calls servers from its own page.
const INSPECTOR_ORIGINS = ['http://localhost:6274', 'http://127.0.0.1:6274']

/**
 * Starts the demo MCP server on the loopback, protected by the resource kit as any server would be.
 *
 * @throws what `listen` throws, EADDRINUSE for one
 */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { issuer, port, egress, downstream } = options
  const uri = demoUri(port)
  const log = (message: string): void => options.log(`demo: ${message}`)
  const guard = await protect({
    issuer,
    resource: uri,
    tools: demoTools,
    client: downstream.client,
    resourceName: DEMO_NAME,
    legacy: true,
    allowedOrigins: INSPECTOR_ORIGINS,
    log: ({ code, detail }) => log(`${code} ${detail}`),
  })
  const app = express().disable('x-powered-by')
  // First and at the root: it refuses foreign hosts and serves the metadata as well as guarding the endpoint.
  app.use(createSdk1Middleware(guard))
  mountEndpoint(app, {
    world: createDemoWorld(),
    fetchPage: createDemoFetch({ egress, log }),
    readDownstream: createDownstreamReader({ guard, url: downstream.url, log }),
  })
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    log(String(error))
    if (response.headersSent) next(error)
    else response.status(500).json({ error: 'server_error' })
  })

  const server = createServer(app).listen(port, HOST)
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

/** One MCP server and transport for each request: between two of them only the world is kept. */
function mountEndpoint(app: Express, deps: DemoMcpDeps): void {
  app.post('/mcp', async (request, response) => {
    const server = createDemoMcpServer(deps)
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
    response.once('close', () => void server.close())
    await server.connect(transport)
    await transport.handleRequest(request, response, request.body)
  })
  // Without sessions there is no stream to open and nothing to delete.
  app.all('/mcp', (_request, response) => void response.status(405).set('Allow', 'POST').end())
}
