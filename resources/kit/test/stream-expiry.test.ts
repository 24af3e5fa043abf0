import { createFetchHandler } from '@sallyport/resource/web'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

let issuer: TestIssuer
beforeAll(async () => {
  issuer = await startTestIssuer()
})
afterAll(() => issuer.close())

/** A server whose answer is a stream with one event and no end. */
async function startStreamingServer(): Promise<{
  send: (init: RequestInit) => Promise<Response>
  cancelled: unknown[]
}> {
  const { guard } = await startGuardedServer(issuer)
  const cancelled: unknown[] = []
  const handler = createFetchHandler(guard, () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel: (reason) => void cancelled.push(reason),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  return { send: (init) => handler(new Request(RESOURCE, init)), cancelled }
}

const endsWithinSeconds = async (response: Response, seconds: number): Promise<boolean> => {
  const timeOut = new Promise<false>((resolve) => setTimeout(() => resolve(false), seconds * 1000))
  const text = response.text().then((received) => received === 'data: 1\n\n')
  return Promise.race([text, timeOut])
}

describe('a stream that outlives its token (RS-TR-10)', () => {
  it('ends at exp, without grace, when it is a legacy GET stream', async () => {
    const { send, cancelled } = await startStreamingServer()
    const token = await issuer.sign({ exp: Date.now() / 1000 + 1 })
    const response = await send({ headers: { authorization: `Bearer ${token}` } })
    expect(await endsWithinSeconds(response, 2)).toBe(true)
    expect(cancelled).toEqual(['the access token has expired'])
  })

  it('ends at exp when it is a subscription', async () => {
    const { send } = await startStreamingServer()
    const token = await issuer.sign({ exp: Date.now() / 1000 + 1 })
    const body = JSON.stringify(request('subscriptions/listen'))
    const response = await send({ method: 'POST', headers: { authorization: `Bearer ${token}` }, body })
    expect(await endsWithinSeconds(response, 2)).toBe(true)
  })

  it('goes on while it answers a call that began in time', async () => {
    const { send } = await startStreamingServer()
    const token = await issuer.sign({ exp: Date.now() / 1000 + 1 })
    const body = JSON.stringify(request('tools/list'))
    const response = await send({ method: 'POST', headers: { authorization: `Bearer ${token}` }, body })
    expect(await endsWithinSeconds(response, 2)).toBe(false)
    await response.body?.cancel().catch(() => undefined)
  })

  it('is given up by the server when the client leaves', async () => {
    const { send, cancelled } = await startStreamingServer()
    const response = await send({ headers: { authorization: `Bearer ${await issuer.sign()}` } })
    await response.body?.cancel('gone')
    expect(cancelled).toEqual(['gone'])
  })
})
