import { expect, it } from 'vitest'
import { SOUND_SERVERS } from '../../fixtures/sound/all.ts'
import { startPlainServer } from '../../fixtures/sound/plain/plain-server.ts'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import { createSpeaker } from '../../src/mcp/http-speaker.ts'
import { examineFixture } from './examination.ts'

it.each(SOUND_SERVERS)('a whole run calls no tool of $name', async ({ start }) => {
  const { report, server } = await examineFixture(start)
  expect(report.summary.pass).toBeGreaterThan(0)
  expect([...server.calls]).toEqual([])
})

it('the counters count: one call of a tool is one', async () => {
  const issuer = await createHostileIssuer()
  const server = await startPlainServer({ issuer: issuer.issuer, port: 0 })
  const token = await issuer.mint(server.url, { claims: { scope: 'notes:read' } })
  const call = { method: 'tools/call', params: { name: 'whoami', arguments: {} }, token }
  const { url, method, headers, body = '' } = createSpeaker(server.url, '2026-07-28').request(call)
  const answer = await fetch(url, { method, headers: headers.map(([name, value]) => [name, value]), body })
  expect(answer.status).toBe(200)
  expect([...server.calls]).toEqual([['whoami', 1]])
  await server.close()
  await issuer.close()
})

it('a run that may call tools which only read calls none that writes', async () => {
  const { server } = await examineFixture((settings) => startPlainServer(settings), { readOnlyTools: true })
  expect(server.calls.get('note_write')).toBeUndefined()
})
