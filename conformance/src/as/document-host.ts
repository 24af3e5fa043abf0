import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** What one address of the host answers. */
export interface HostedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A host of client documents, over TLS, under a name of the operator. */
export interface DocumentHost {
  readonly port: number
  /** URL of an address that nobody used before. */
  address(name: string): string
  /** From now on this address answers so. */
  serve(url: string, answer: HostedAnswer): void
  /** How often an address was asked for. */
  fetches(url: string): number
  close(): Promise<void>
}

export interface HostOptions {
  /** Any URL below which addresses are made; its path goes as far as its last slash. */
  readonly baseUrl: string
  readonly cert: string
  readonly key: string
  readonly listen: { readonly host: string; readonly port: number }
}

export const json = (document: unknown): HostedAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(document),
})

/** Starts the host. @throws Error where it cannot listen, or certificate and key are none */
export async function startDocumentHost({ baseUrl, cert, key, listen }: HostOptions): Promise<DocumentHost> {
  const answers = new Map<string, HostedAnswer>()
  const counts = new Map<string, number>()
  const server = createServer({ cert, key }, (request, response) => {
    const path = request.url ?? '/'
    counts.set(path, (counts.get(path) ?? 0) + 1)
    const { status, headers, body } = answers.get(path) ?? { status: 404, headers: {}, body: '' }
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(listen.port, listen.host, resolve)
  })
  let made = 0
  const run = Date.now().toString(36)
  return {
    port: (server.address() as AddressInfo).port,
    address(name) {
      made += 1
      return new URL(`examiner-${run}-${made}/${name}`, baseUrl).href
    },
    serve: (url, answer) => void answers.set(pathOf(url), answer),
    fetches: (url) => counts.get(pathOf(url)) ?? 0,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}
