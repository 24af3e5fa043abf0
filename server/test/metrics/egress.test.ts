import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEgress, type ResolvedAddress } from '../../src/egress/index.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { freePort } from '../e2e/free-port.ts'
import { type Exposition, parseExposition } from './exposition.ts'

// Speaks http to who speaks TLS, and says nothing at all at /silent.
let plain: Server
let ports: { plain: number; closed: number }
beforeAll(async () => {
  plain = createServer((req, res) => (req.url === '/silent' ? undefined : res.end('{}')))
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
  ports = { plain: (plain.address() as AddressInfo).port, closed: await freePort() }
})
afterAll(() => {
  plain.closeAllConnections()
  return new Promise((resolve) => plain.close(resolve))
})

const HOST = 'https://client.example'
const at = (port: number): readonly ResolvedAddress[] => [
  { address: '93.184.215.14', reachedAt: { address: '127.0.0.1', port } },
]

/** Asks once. @param allowed a port of this machine that the operator opened */
async function ask(
  url: string,
  resolve: () => readonly ResolvedAddress[],
  allowed?: number,
): Promise<{ told: Exposition; kind: string }> {
  const metrics = createMetrics()
  const settings = { allow: allowed === undefined ? [] : [`127.0.0.1:${allowed}`], proxy: undefined, ca: [] }
  const tell = metrics.observers.egressEnded
  const egress = createEgress({ resolve: async () => resolve(), settings, tell })
  const trust = allowed === undefined ? 'stranger' : 'settings'
  const { kind } = await egress.get(url, { trust, accept: '*/*', maxBytes: 1, timeoutMs: 1_000 })
  return { told: parseExposition((await metrics.expose()).text), kind }
}

const nothing = (): never => {
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
}

it.each([
  { reason: 'url', url: 'https://a:b@client.example/', resolve: nothing },
  { reason: 'scheme', url: 'http://client.example/', resolve: nothing },
  { reason: 'host', url: 'https://intranet/', resolve: nothing },
  { reason: 'port', url: `${HOST}:22/`, resolve: nothing },
  { reason: 'address', url: `${HOST}/`, resolve: () => [{ address: '169.254.169.254' }] },
])('counts a request that is blocked for its $reason', async ({ reason, url, resolve }) => {
  const { told, kind } = await ask(url, resolve)
  expect(kind).toBe('refused')
  expect(told.sum('sallyport_egress_requests_total')).toBe(1)
  expect(told.sum('sallyport_egress_blocks_total', { reason })).toBe(1)
  expect(told.sum('sallyport_egress_blocks_total') + told.sum('sallyport_egress_failures_total')).toBe(1)
})

it.each([
  { reason: 'name', path: `${HOST}/`, resolve: nothing },
  { reason: 'connection', path: `${HOST}/`, resolve: () => at(ports.closed) },
  { reason: 'tls', path: `${HOST}/`, resolve: () => at(ports.plain) },
  { reason: 'answer', path: '/', resolve: nothing },
  { reason: 'timeout', path: '/silent', resolve: nothing },
])('counts a request that fails for its $reason', async ({ reason, path, resolve }) => {
  const own = path.startsWith('/')
  const url = own ? `http://127.0.0.1:${ports.plain}${path}` : path
  const { told, kind } = await ask(url, resolve, own ? ports.plain : undefined)
  expect(kind).toBe('failed')
  expect(told.sum('sallyport_egress_failures_total', { reason })).toBe(1)
  expect(told.sum('sallyport_egress_blocks_total') + told.sum('sallyport_egress_failures_total')).toBe(1)
})
