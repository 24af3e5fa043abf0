import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdaptedServer, startAdaptedServer } from './adapted-server.ts'
import { ADAPTERS } from './adapter-table.ts'
import { modernRequest } from './modern-request.ts'

describe.each(ADAPTERS)('a subscription through the adapter $name', ({ sdk, ...entry }) => {
  let server: AdaptedServer
  beforeAll(async () => {
    server = await startAdaptedServer({ sdk, ...entry })
  })
  afterAll(() => server.close())

  // SDK 2.x has `subscriptions/listen`, SDK 1.x the GET stream of earlier revisions.
  async function subscribe(lifetimeSeconds: number): Promise<Response> {
    const token = await server.token({ lifetimeSeconds })
    if (sdk === 1) {
      return fetch(server.url, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } })
    }
    const { body, headers } = modernRequest('subscriptions/listen', { notifications: { toolsListChanged: true } })
    return server.post(body, token, headers)
  }

  it('ends when its token expires, and not before (RS-TR-10)', async () => {
    const response = await subscribe(2)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const openedAt = Date.now()
    const ended = response.text().catch(() => 'cut off')
    const timeOut = new Promise<'still open'>((resolve) => setTimeout(() => resolve('still open'), 20_000).unref())
    expect(await Promise.race([ended, timeOut])).not.toBe('still open')
    // Claims have whole seconds, so a token of two has between one and two left.
    expect(Date.now() - openedAt).toBeGreaterThan(500)
  })
})
