import { type IncomingHttpHeaders, request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { EgressSettings } from '../../../src/config/settings.ts'
import { createEgress, type Egress } from '../../../src/egress/index.ts'
import { certificateOfHost, PUBLIC_ADDRESS, TEST_ROOT } from '../../setup/document-host.ts'

/** What the proxy does with a request and its answer. */
export interface ProxyHabits {
  /** Changes the headers that the server will see; `caller` is the address of whoever called. */
  readonly request?: (headers: IncomingHttpHeaders, caller: string) => void
  readonly answer?: (headers: IncomingHttpHeaders) => void
  /** Paths that it does not pass on. */
  readonly missing?: RegExp
  /** Changes the body of the answer. */
  readonly body?: (text: string) => string
}

/** Who calls, as the proxy sees it: the doctor comes from somewhere on the Internet. */
export const CALLER = '198.51.100.7'

/** What a good proxy does: it extends the one header and replaces the other. */
export const GOOD_PROXY: ProxyHabits = {
  request(headers, caller) {
    headers['x-forwarded-for'] = [headers['x-forwarded-for'], caller].filter(Boolean).join(', ')
    headers['x-forwarded-proto'] = 'https'
  },
}

/** A proxy that ends TLS for `auth.example` in front of a server. */
export interface TlsProxy {
  readonly openEgress: (settings: EgressSettings) => Egress
  close(): Promise<void>
}

/** @param origin of the server behind it */
export async function startTlsProxy(origin: string, habits: ProxyHabits): Promise<TlsProxy> {
  const server = createServer(certificateOfHost(), (req, res) => {
    if (habits.missing?.test(req.url ?? '')) return void res.writeHead(404).end('<html>not here</html>')
    const headers = { ...req.headers }
    habits.request?.(headers, CALLER)
    const onward = request(origin + req.url, { method: req.method, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const body = habits.body?.(text) ?? text
        const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = answer.headers
        habits.answer?.(kept)
        res.writeHead(answer.statusCode ?? 502, kept).end(body)
      })
    })
    onward.on('error', () => res.writeHead(502).end())
    req.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    openEgress: (settings) =>
      createEgress({
        resolve: async () => [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port } }],
        ca: [TEST_ROOT],
        settings,
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
