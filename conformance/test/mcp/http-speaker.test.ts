import { afterEach, describe, expect, it } from 'vitest'
import { createSpeaker } from '../../src/mcp/http-speaker.ts'
import { isAccepted, readRpc } from '../../src/mcp/json-rpc.ts'
import { headerOf } from '../../src/wire/message.ts'
import { type SmallServer, startSmallServer } from '../setup/small-server.ts'
import { openTestWire } from '../setup/test-wire.ts'

const URL_OF_MCP = 'https://mcp.example/mcp'

describe('the stateless transport', () => {
  const speaker = createSpeaker(URL_OF_MCP, '2026-07-28')

  it('says in headers what the body says: revision, method and name', () => {
    const request = speaker.request({ method: 'tools/call', params: { name: 'look', arguments: {} }, token: 't' })
    expect(headerOf(request, 'MCP-Protocol-Version')).toBe('2026-07-28')
    expect(headerOf(request, 'Mcp-Method')).toBe('tools/call')
    expect(headerOf(request, 'Mcp-Name')).toBe('look')
    expect(headerOf(request, 'Authorization')).toBe('Bearer t')
    const { params } = JSON.parse(request.body ?? '')
    expect(params).toMatchObject({ name: 'look', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } })
  })

  it('encodes a name that a header cannot carry', () => {
    const request = speaker.request({ method: 'resources/read', params: { uri: 'café' } })
    expect(headerOf(request, 'Mcp-Name')).toBe(`=?base64?${Buffer.from('café').toString('base64')}?=`)
  })

  it('lets a check replace a header of the transport, and sends it once', () => {
    const { headers } = speaker.request({ method: 'tools/list', token: 't', headers: [['Authorization', 'bearer t']] })
    expect(headers.filter(([name]) => name.toLowerCase() === 'authorization')).toEqual([['Authorization', 'bearer t']])
  })

  it('gives every request an id of its own', () => {
    const ids = [1, 2].map(() => JSON.parse(speaker.request({ method: 'ping' }).body ?? '').id)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('transports with sessions', () => {
  let server: SmallServer | undefined
  afterEach(async () => {
    await server?.close()
    server = undefined
  })

  it.each(['2025-03-26', '2025-06-18', '2025-11-25'] as const)(
    '%s opens one session and stays in it',
    async (revision) => {
      server = await startSmallServer({ transport: 'sessions', revision, open: true })
      const { wire, close } = openTestWire()
      const speaker = createSpeaker(server.url, revision)
      const first = await speaker.call(wire, { method: 'tools/list', token: 'a' })
      const second = await speaker.call(wire, { method: 'tools/list', token: 'a' })
      await close()
      expect([first, second].map(isAccepted)).toEqual([true, true])
      expect(server.seen.map(({ body }) => body.method)).toEqual([
        'initialize',
        'notifications/initialized',
        'tools/list',
        'tools/list',
      ])
      const versions = server.seen.map(({ headers }) => headers['mcp-protocol-version'])
      // The header came with 2025-06-18, and what is not agreed cannot be named.
      expect(versions).toEqual(
        revision === '2025-03-26' ? Array(4).fill(undefined) : [undefined, revision, revision, revision],
      )
      expect(server.seen[1]?.body).not.toHaveProperty('id')
    },
  )

  it('opens a session for each token, so that nobody asks in the session of another', async () => {
    server = await startSmallServer({ transport: 'sessions', open: true })
    const { wire, close } = openTestWire()
    const speaker = createSpeaker(server.url, '2025-11-25')
    await speaker.call(wire, { method: 'tools/list', token: 'a' })
    await speaker.call(wire, { method: 'tools/list', token: 'b' })
    await close()
    const opened = server.seen.filter(({ body }) => body.method === 'initialize')
    expect(opened.map(({ headers }) => headers.authorization)).toEqual(['Bearer a', 'Bearer b'])
  })

  it('takes a refusal at the door for the answer, and asks no further', async () => {
    server = await startSmallServer({ transport: 'sessions' })
    const { wire, close } = openTestWire()
    const answer = await createSpeaker(server.url, '2025-11-25').call(wire, { method: 'tools/list' })
    await close()
    expect(answer.status).toBe(401)
    expect(server.seen).toHaveLength(1)
  })

  it('reads results out of event streams', async () => {
    server = await startSmallServer({ transport: 'sessions', open: true, streams: true })
    const { wire, close } = openTestWire()
    const answer = await createSpeaker(server.url, '2025-11-25').call(wire, { method: 'tools/list' })
    await close()
    expect(readRpc(answer)).toMatchObject({ kind: 'result', result: { tools: [{ name: 'look' }, {}, {}] } })
  })
})
