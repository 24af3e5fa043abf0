import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BudgetSpentError, createPace } from '../../src/wire/pace.ts'
import { createWires, Unanswered } from '../../src/wire/wire.ts'

describe('requests that are sent together', () => {
  let waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    if (request.url === '/break') return request.socket.destroy()
    waiting.push(() => response.end(request.url))
    // None is answered before all three are there: one after the other they would wait for ever.
    if (waiting.length === 3) for (const answer of waiting.splice(0)) answer()
    return undefined
  })
  let url: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => void server.close())
  const get = (path: string) => ({ method: 'GET', url: url + path, headers: [] })
  const wiresOf = (budget: number) =>
    createWires({ pace: createPace({ requestsPerSecond: 1_000, budget }), timeoutMs: 5_000, userAgent: 'test' })

  it('are in flight at the same time, and answered in their order', async () => {
    const wires = wiresOf(10)
    const answers = await wires.open(3).sendTogether([get('/a'), get('/b'), get('/c')])
    expect(answers.map(({ body }) => body)).toEqual(['/a', '/b', '/c'])
    await wires.close()
  })

  it('are two at most, where a check was not allowed to send many', async () => {
    const wires = wiresOf(10)
    await expect(wires.open().sendTogether([get('/a'), get('/b'), get('/c')])).rejects.toThrow(RangeError)
    await wires.close()
  })

  it('count each against the budget, and are sent all or none', async () => {
    const wires = wiresOf(2)
    const wire = wires.open(3)
    await expect(wire.sendTogether([get('/a'), get('/b'), get('/c')])).rejects.toThrow(BudgetSpentError)
    expect(wire.exchanges).toEqual([])
    await wires.close()
  })

  it('all end before one without an answer is told', async () => {
    const wires = wiresOf(10)
    const wire = wires.open(2)
    waiting = [() => undefined, () => undefined]
    await expect(wire.sendTogether([get('/a'), get('/break')])).rejects.toThrow(Unanswered)
    expect(wire.exchanges).toHaveLength(2)
    await wires.close()
  })
})

describe('the pace after requests that left together', () => {
  it('makes the next one wait as long as if each had had its turn', async () => {
    const waits: number[] = []
    const pace = createPace({ requestsPerSecond: 5, budget: 10, clock: () => 0, wait: async (ms) => waits.push(ms) })
    await pace.take(3)
    await pace.take()
    expect(waits).toEqual([600])
  })
})
