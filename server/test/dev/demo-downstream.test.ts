import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type DownstreamToken, ExchangeError, type Guard } from '@sallyport/resource'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDownstreamReader } from '../../src/dev/demo-downstream.ts'

const CALLER = { token: 'at:of-the-caller' }

describe('how downstream_read of the demo ends', () => {
  const arrived: (string | undefined)[] = []
  const logged: string[] = []
  let status = 200
  let api: Server
  let url: string
  beforeAll(async () => {
    api = createServer((request, response) => {
      arrived.push(request.headers.authorization)
      response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end('{"aud":"api"}')
    }).listen(0, '127.0.0.1')
    await once(api, 'listening')
    const address = api.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  })
  afterAll(() => void api.close())
  beforeEach(() => {
    status = 200
    arrived.length = 0
    logged.length = 0
  })

  const readerOf = (exchange: Guard['exchange'], at = url) =>
    createDownstreamReader({ guard: { exchange }, url: at, log: (message) => logged.push(message) })
  const exchanged = async (): Promise<DownstreamToken> => ({
    accessToken: 'of-the-demo',
    scopes: ['mcp:issue:read'],
    resource: url,
    expiresAt: Date.now(),
  })

  it('with what the API answers to a token of the demo', async () => {
    expect(await readerOf(exchanged)(CALLER)).toEqual({ ok: true, value: { aud: 'api' } })
    expect(arrived).toEqual(['Bearer of-the-demo'])
  })

  it('asks for that API, for reading, and for an answer of now', async () => {
    const asked: unknown[] = []
    await readerOf(async (subject, options) => {
      asked.push(subject, options)
      return exchanged()
    })(CALLER)
    expect(asked).toEqual([CALLER, { resource: url, scope: 'mcp:issue:read', fresh: true }])
  })

  it.each([401, 302])('with a refusal when the API answers %s, and follows nothing', async (answer) => {
    status = answer
    expect(await readerOf(exchanged)(CALLER)).toMatchObject({ ok: false })
    expect(arrived).toHaveLength(1)
  })

  it('with the code of the exchange when there is no token, and without asking the API', async () => {
    const refused = async (): Promise<never> => {
      throw new ExchangeError({ kind: 'no-client' })
    }
    const answer = await readerOf(refused)(CALLER)
    expect(answer).toMatchObject({ ok: false, reason: expect.stringContaining('SALLYPORT_E_EXCHANGE_NO_CLIENT') })
    expect(arrived).toEqual([])
  })

  it('with a reason that names no address when the API cannot be reached; the log has the error', async () => {
    const answer = await readerOf(exchanged, 'http://127.0.0.1:1')(CALLER)
    expect(answer).toEqual({ ok: false, reason: 'The downstream API could not be reached.' })
    expect(logged).toHaveLength(1)
  })
})
