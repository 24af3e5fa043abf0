import { startTestServer, type TestServer, type TestServerOptions } from '../setup/authorization-server.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'

export const CLIENT = 'https://client.example/oauth/app.json'
export const CALLBACK = 'https://client.example/callback'

/** A server and the host of the documents it may fetch. */
export interface World {
  readonly server: TestServer
  readonly host: DocumentHost
  /** Another server on the same database with memory of its own, asked at its own address. */
  another(unlike?: Pick<TestServerOptions, 'settings'>): Promise<TestServer>
  close(): Promise<void>
}

export async function startWorld(options: TestServerOptions = {}): Promise<World> {
  const host = await startDocumentHost()
  const server = await startTestServer({ egress: host.egress(), ...options })
  const others: TestServer[] = []
  return {
    server,
    host,
    async another({ settings = {} } = {}) {
      // Only development refuses to be asked at another address than the issuer's.
      const unlike = { ...options.settings, mode: 'serve' as const, ...settings }
      const other = await startTestServer({ egress: host.egress(), ...options, settings: unlike, sharing: server })
      others.push(other)
      return { ...other, issuer: other.origin }
    },
    async close() {
      await Promise.all(others.map((other) => other.close()))
      await server.close()
      await host.close()
    },
  }
}

/** A document as a client of our time publishes it; `undefined` leaves a member out. */
export function documentOf(url: string, members: Record<string, unknown> = {}): Record<string, unknown> {
  return { client_id: url, client_name: 'Acme IDE', redirect_uris: [CALLBACK], ...members }
}

/** What the operator was told of client documents. */
export function refusalsIn(server: TestServer): { code: unknown; reason: unknown }[] {
  return server.logged.flatMap(({ detail }) => {
    const { code, reason } = (detail ?? {}) as { code?: unknown; reason?: unknown }
    return String(code).startsWith('SALLYPORT_E_CLIENT_DOCUMENT') ? [{ code, reason }] : []
  })
}
