import { describe, expect, it } from 'vitest'
import { createDemoWorld } from '../../src/dev/demo-world.ts'

describe('what the demo tools act on', () => {
  it('has the issues 1 to 3 at first, and no others', () => {
    const world = createDemoWorld()
    expect([0, 1, 2, 3, 4].map((number) => world.readIssue(number) !== undefined)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ])
  })

  it('takes no more issues when a script has created very many', () => {
    const world = createDemoWorld()
    const numbers = Array.from({ length: 1_000 }, () => world.createIssue('again'))
    expect(numbers[0]).toBe(4)
    expect(numbers.at(-1)).toBeUndefined()
  })

  it('deletes a branch once', () => {
    const world = createDemoWorld()
    expect([world.deleteBranch('second-door'), world.deleteBranch('second-door')]).toEqual([true, false])
  })

  it('counts the versions of a secret and invents none', () => {
    const world = createDemoWorld()
    expect([world.rotateSecret('deploy-key'), world.rotateSecret('deploy-key')]).toEqual([2, 3])
    expect(world.rotateSecret('constructor')).toBeUndefined()
  })
})
