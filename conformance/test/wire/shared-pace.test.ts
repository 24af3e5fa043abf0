import { describe, expect, it } from 'vitest'
import { createPace } from '../../src/wire/pace.ts'
import { behindHost, createHostPaces } from '../../src/wire/shared-pace.ts'

describe('the pace of a host', () => {
  it('is one for everybody who speaks to it, and the slowest that was asked for', async () => {
    let now = 0
    const clock = (): number => now
    const waits: number[] = []
    const wait = async (milliseconds: number): Promise<void> => {
      waits.push(milliseconds)
      now += milliseconds
    }
    const { paceOf } = createHostPaces(
      [
        ['a.example', 100],
        ['a.example', 2],
        ['b.example', 100],
      ],
      { clock, wait },
    )
    expect(paceOf('a.example')).toBe(paceOf('a.example'))
    expect(paceOf('a.example')).not.toBe(paceOf('b.example'))
    const own = (): ReturnType<typeof createPace> => createPace({ requestsPerSecond: 1_000, budget: 2, clock, wait })
    const [first, second] = [behindHost(own(), paceOf('a.example')), behindHost(own(), paceOf('a.example'))]
    await first.take()
    await second.take()
    await first.take()
    expect(waits.reduce((sum, each) => sum + each, 0)).toBe(1_000)
    expect([first.spent, second.spent]).toEqual([2, 1])
    await expect(first.take()).rejects.toThrow('the budget of 2 requests is spent')
  })
})
