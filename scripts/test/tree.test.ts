import { describe, expect, it } from 'vitest'
import { judgeCycles, judgeTree } from '../floors.ts'
import { judgeWords } from '../wording.ts'

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')

describe('this repository', () => {
  it('obeys the laws of imports, floors, sizes, names and folders', () => {
    expect(judgeTree(root)).toEqual([])
  })

  it('speaks of itself alone and holds no stubs', () => {
    expect(judgeWords(root)).toEqual([])
  })
})

describe('a cycle between folders', () => {
  it('is reported with the way it takes', () => {
    const imports = (specifier: string) => [{ specifier, line: 1, typeOnly: false }]
    const violations = judgeCycles([
      { path: 'server/src/cli/a.ts', lines: 1, imports: imports('../dev/b.ts') },
      { path: 'server/src/dev/b.ts', lines: 1, imports: imports('../cli/a.ts') },
    ])
    expect(violations).toMatchObject([{ law: 'cycle', message: 'server/src/cli → server/src/dev → server/src/cli' }])
  })
})
