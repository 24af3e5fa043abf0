import { expect, it } from 'vitest'
import { SOUND_SERVERS } from '../../fixtures/sound/all.ts'
import { startPlainServer } from '../../fixtures/sound/plain/plain-server.ts'
import { examineFixture } from './examination.ts'

it.each(SOUND_SERVERS)('a whole run calls no tool of $name', async ({ start }) => {
  const { report, server } = await examineFixture(start)
  expect(report.summary.pass).toBeGreaterThan(0)
  expect([...server.calls]).toEqual([])
})

it('the counters count: a run that may call one tool calls that one and no other', async () => {
  const { server } = await examineFixture((settings) => startPlainServer(settings), { calls: ['whoami'] })
  expect([...server.calls.keys()].filter((name) => name !== 'whoami')).toEqual([])
})

it('a run that may call tools which only read calls none that writes', async () => {
  const { server } = await examineFixture((settings) => startPlainServer(settings), { readOnlyTools: true })
  expect(server.calls.get('note_write')).toBeUndefined()
})
