import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EgressSettings } from '../../src/config/settings.ts'
import { createEgress, type Egress, type Resolve } from '../../src/egress/index.ts'

const read = (name: string): string => readFileSync(new URL(`./certificates/${name}`, import.meta.url), 'utf8')

/** The authority of the tests, in PEM. It may vouch for names below `.example` alone. */
export const TEST_ROOT = read('root.pem')

/** Certificate and key of the host of documents, for another server under one of its names. */
export function certificateOfHost(): { readonly cert: string; readonly key: string } {
  return { cert: read('host.pem'), key: read('host-key.pem') }
}

/** Names the host has a certificate for. */
export const HOST_NAMES = [
  'client.example',
  'app.client.example',
  'other.example',
  'auth.example',
  'mcp.example',
  'keys.example',
]

/** A public address that these names are said to have; nothing is ever sent there. */
export const PUBLIC_ADDRESS = '93.184.215.14'

export const CLOSED_TO_ALL: EgressSettings = { allow: [], proxy: undefined, ca: [] }

type Answer = (req: IncomingMessage, res: ServerResponse) => void

/** A host of documents on loopback that is reached over TLS under names of the public Internet. */
export interface DocumentHost {
  /** TLS port on 127.0.0.1. */
  readonly port: number
  /** `name + path` of every request, in order. */
  readonly requests: string[]
  /** TCP connections that were accepted. */
  connections(): number
  /** Answers `url` with a JSON document from now on. */
  serve(url: string, document: unknown, headers?: Readonly<Record<string, string>>): void
  /** Answers `url` in any way from now on. */
  answer(url: string, answer: Answer): void
  /** Answers everything at `url` with 404 again. */
  remove(url: string): void
  /** A way out that finds this host under its names, and believes its certificate. */
  egress(settings?: Partial<EgressSettings>): Egress
  /** Says that each name has the public address and is reached here; names that are not this host's do not resolve. */
  readonly resolve: Resolve
  close(): Promise<void>
}

/** Starts a host of documents. */
export async function startDocumentHost(): Promise<DocumentHost> {
  const answers = new Map<string, Answer>()
  const requests: string[] = []
  const sockets = new Set<Duplex>()
  let connections = 0
  const server = createServer(certificateOfHost(), (req, res) => {
    const url = `${req.headers.host}${req.url}`
    requests.push(url)
    const answer = answers.get(url)
    if (answer !== undefined) return answer(req, res)
    res.writeHead(404).end()
  })
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const resolve = resolverTo(port)
  const egresses: Egress[] = []
  return {
    port,
    requests,
    resolve,
    connections: () => connections,
    serve: (url, document, headers = {}) =>
      void answers.set(keyOf(url), (_req, res) => {
        res.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(document))
      }),
    answer: (url, answer) => void answers.set(keyOf(url), answer),
    remove: (url) => void answers.delete(keyOf(url)),
    egress(settings = {}) {
      const egress = createEgress({ resolve, ca: [TEST_ROOT], settings: { ...CLOSED_TO_ALL, ...settings } })
      egresses.push(egress)
      return egress
    },
    async close() {
      await Promise.all(egresses.map((egress) => egress.close()))
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function keyOf(url: string): string {
  const { host, pathname, search } = new URL(url)
  return host + pathname + search
}

function resolverTo(port: number): Resolve {
  return async (hostname) => {
    if (HOST_NAMES.includes(hostname)) {
      return [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port } }]
    }
    throw Object.assign(new Error(`no such name: ${hostname}`), { code: 'ENOTFOUND' })
  }
}
