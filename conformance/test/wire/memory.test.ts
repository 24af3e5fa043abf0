import { describe, expect, it } from 'vitest'
import { createMemory } from '../../src/wire/memory.ts'
import type { Exchange } from '../../src/wire/message.ts'

const exchange = (url: string): Exchange => ({ request: { method: 'GET', url, headers: [] }, answer: undefined })

/** A check: what it shows, and how often it really asked. */
function check(memory: ReturnType<typeof createMemory>, answer: number, goodForMs?: number) {
  const exchanges: Exchange[] = [exchange('of its own')]
  const asked = { times: 0 }
  const ask = async (): Promise<number> => {
    asked.times += 1
    exchanges.push(exchange(`answered ${answer}`))
    return answer
  }
  const evidence = { exchanges, show: (earlier: readonly Exchange[]) => exchanges.push(...earlier) }
  const keep = (value: number): boolean => value < 500
  const options = goodForMs === undefined ? { keep } : { keep, goodForMs }
  return { run: () => memory.once(evidence, 'a question', ask, options), exchanges, asked }
}

describe('what a run was told already', () => {
  it('is not asked again, and is evidence of every check that looks at it', async () => {
    const memory = createMemory()
    const [first, second] = [check(memory, 401), check(memory, 200)]
    expect(await first.run()).toBe(401)
    expect(await second.run()).toBe(401)
    expect(second.asked.times).toBe(0)
    expect(second.exchanges.map(({ request }) => request.url)).toEqual(['of its own', 'answered 401'])
  })

  it('is asked again when it was an outage', async () => {
    const memory = createMemory()
    await check(memory, 503).run()
    expect(await check(memory, 401).run()).toBe(401)
  })

  it('is asked again when its time is over', async () => {
    let now = 0
    const memory = createMemory(() => now)
    await check(memory, 200, 5_000).run()
    now = 4_999
    expect(await check(memory, 401, 5_000).run()).toBe(200)
    now = 5_000
    expect(await check(memory, 401, 5_000).run()).toBe(401)
  })
})
