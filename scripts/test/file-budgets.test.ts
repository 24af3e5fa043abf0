import { describe, expect, it } from 'vitest'
import { judgeNames, judgeReadmes, judgeSizes, percentile } from '../file-budgets.ts'

const file = (path: string, lines: number) => ({ path, lines, imports: [] })
const laws = (violations: readonly { path: string; law: string }[]) =>
  violations.map(({ path, law }) => `${path} ${law}`)

describe('file sizes', () => {
  it('refuse a file of more than 400 lines, a test as well as a source', () => {
    const files = [file('server/src/app.ts', 400), file('server/src/big.ts', 401), file('server/test/big.test.ts', 401)]
    expect(laws(judgeSizes([...files, ...small(97)]))).toEqual([
      'server/src/big.ts file-size',
      'server/test/big.test.ts file-size',
    ])
  })

  it('refuse a median of more than 100 lines', () => {
    expect(laws(judgeSizes([file('a.ts', 101), file('b.ts', 101), file('c.ts', 10)]))).toEqual(['. file-sizes'])
  })

  it('refuse a 90th percentile of more than 250 lines', () => {
    expect(laws(judgeSizes([file('a.ts', 251), file('b.ts', 251), ...small(8)]))).toEqual(['. file-sizes'])
  })

  it('do not let tests move the median', () => {
    expect(judgeSizes([file('a/test/a.test.ts', 300), file('a/test/b.test.ts', 300), file('a.ts', 10)])).toEqual([])
  })

  const small = (count: number) => Array.from({ length: count }, (_, index) => file(`small/${index}.ts`, 50))
})

describe('percentile', () => {
  it('is the nearest rank, and 0 for nothing', () => {
    expect(percentile([5, 1, 3], 50)).toBe(3)
    expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90)).toBe(9)
    expect(percentile([], 50)).toBe(0)
  })
})

describe('names', () => {
  it.each([
    'server/src/utils.ts',
    'server/src/helpers/url.ts',
    'server/src/common/a.ts',
    'x/shared.test.ts',
    'x/misc.yaml',
    'x/types.ts',
  ])('refuse %s', (path) => {
    expect(laws(judgeNames([path]))).toEqual([`${path} name`])
  })

  it('allow a noun that only begins or ends like a nameless word', () => {
    expect(judgeNames(['server/src/shared-secret.ts', 'server/src/token-types.ts'])).toEqual([])
  })
})

describe('folders', () => {
  it('are refused without a README, the root of the sources speaking through the package', () => {
    const paths = ['server/src/app.ts', 'server/src/keys/keystore.ts', 'server/README.md', 'server/test/a.test.ts']
    expect(laws(judgeReadmes(paths))).toEqual(['server/src/keys/README.md folder-readme'])
    expect(judgeReadmes([...paths, 'server/src/keys/README.md'])).toEqual([])
  })
})
