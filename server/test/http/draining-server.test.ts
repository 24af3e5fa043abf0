import type { ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { type BrokenRequestListener, createDrainingServer } from '../../src/http/draining-server.ts'

const LIMITS = {
  ...{ maxHeaderSize: 16_384, maxHeadersCount: 0, headersTimeout: 10_000, requestTimeout: 30_000 },
  ...{ maxConnections: 100, maxRequestsPerSocket: 100 },
  ...{ connectionsCheckingInterval: 1_000, keepAliveTimeout: 5_000 },
}
const refuse: BrokenRequestListener = (_error, socket) => void socket.destroy()
/** Longer than the test may take: what waits for it to the end fails. */
const FOR_EVER_MS = 600_000

it('a server that stops answers the request at hand, and waits for no stream and no silent connection', async () => {
  const waiting: ServerResponse[] = []
  const draining = createDrainingServer(
    LIMITS,
    (req, res) => {
      if (req.url !== '/stream') return waiting.push(res)
      res.setHeader('Content-Type', 'text/event-stream')
      res.write('data: first\n\n')
    },
    refuse,
  )
  await new Promise<void>((resolve) => draining.server.listen(0, '127.0.0.1', resolve))
  const { port } = draining.server.address() as AddressInfo
  const silent = connect(port, '127.0.0.1')
  const origin = `http://127.0.0.1:${port}`
  const stream = await fetch(`${origin}/stream`)
  const slow = fetch(`${origin}/slow`)
  await expect.poll(() => waiting.length).toBe(1)
  const stopped = draining.stop(FOR_EVER_MS)
  await expect(stream.text()).rejects.toThrow()
  expect(draining.isDraining()).toBe(true)
  waiting[0]?.end('answered')
  expect(await (await slow).text()).toBe('answered')
  await stopped
  expect(await text(silent)).toBe('')
  await expect(fetch(origin)).rejects.toThrow()
})

it('a server that was stopped does not wait longer for a request than it was told', async () => {
  const draining = createDrainingServer(LIMITS, () => undefined, refuse)
  await new Promise<void>((resolve) => draining.server.listen(0, '127.0.0.1', resolve))
  const never = fetch(`http://127.0.0.1:${(draining.server.address() as AddressInfo).port}`)
  never.catch(() => undefined)
  await expect.poll(() => new Promise((resolve) => draining.server.getConnections((_, open) => resolve(open)))).toBe(1)
  await draining.stop(1)
  await expect(never).rejects.toThrow()
})
