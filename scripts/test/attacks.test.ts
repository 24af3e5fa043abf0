import { describe, expect, it } from 'vitest'
import { DO_NOT_APPLY, indexAttacks, indexOf } from '../attacks.ts'

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')

describe('the index of attacks', () => {
  it('finds in this repository a test for each that applies, and no id that is none', () => {
    const { untested, unknown } = indexOf(root)
    expect({ untested, unknown }).toEqual({ untested: [], unknown: [] })
  })

  it('finds ids in names, one by one and in ranges, and nothing in other words', () => {
    const text = `it('is refused (A07, A10)'); it('A12: is too (A14 to A16)'); const A3 = 'BA20 A2x'`
    const { tested } = indexAttacks([{ path: 'a.test.ts', text }])
    expect([...tested.keys()].sort()).toEqual(['A07', 'A10', 'A12', 'A14', 'A15', 'A16'])
  })

  it('misses what is in no name, but for what does not apply', () => {
    const { untested } = indexAttacks([{ path: 'a.test.ts', text: `it('is refused (A01)')` }])
    expect(untested).toHaveLength(148 - 1 - Object.keys(DO_NOT_APPLY).length)
    expect(untested).not.toContain('A43')
  })
})
