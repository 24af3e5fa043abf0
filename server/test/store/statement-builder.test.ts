import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combine, type Part } from '../../src/store/statement-builder.ts'

const part = (name: string, values: readonly unknown[]): Part => ({
  name,
  sql: (place) => `SELECT ${values.map((value) => place(value)).join(', ')}`,
})

describe('a combined statement', () => {
  it('carries every value as a parameter, in the order of its places, and none in its text', () => {
    const value = fc.string({ minLength: 12, unit: fc.constantFrom("'", '"', '$', ';', '\\', 'é', '\u0000') })
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1 }), { minLength: 1, maxLength: 5 }), (lists) => {
        const parts = lists.map((values, index) => part(`part_${index}`, values))
        const { statement, values } = combine(parts, 'SELECT 1')
        expect(values).toEqual(lists.flat())
        const places = [...statement.text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number))
        expect(places).toEqual(values.map((_, index) => index + 1))
        for (const each of values) expect(statement.text).not.toContain(each)
      }),
    )
  })

  it('has one name for one text, whatever the values are, and another name for another text', () => {
    const name = (parts: readonly Part[], result = 'SELECT 1'): string => combine(parts, result).statement.name
    expect(name([part('a', [1, 2])])).toBe(name([part('a', ['x', 'y'])]))
    expect(name([part('a', [1, 2])])).not.toBe(name([part('a', [1, 2, 3])]))
    expect(name([part('a', [1])])).not.toBe(name([part('b', [1])]))
    expect(name([part('a', [1])])).not.toBe(name([part('a', [1])], 'SELECT 2'))
    // PostgreSQL cuts longer names, and two statements would become one.
    expect(name([part('a', [1])]).length).toBeLessThan(64)
  })
})
