import { describe, expect, it } from 'vitest'
import { findCycles, judgeFloors } from '../server-floors.ts'

const judge = (from: string, to: string) => judgeFloors(`server/src/${from}`, `server/src/${to}`)?.law

describe('the floors of the server', () => {
  it.each([
    { from: 'config/load.ts', to: 'store/index.ts' },
    { from: 'store/grants.ts', to: 'provider/adapter.ts' },
    { from: 'store/grants.ts', to: 'keys/keystore.ts' },
    { from: 'store/grants.ts', to: 'audit/chain.ts' },
    { from: 'provider/index.ts', to: 'http/pages/views.ts' },
    { from: 'http/routes.ts', to: 'provider/index.ts' },
    { from: 'http/routes.ts', to: 'app.ts' },
    { from: 'provider/index.ts', to: 'dev/demo.ts' },
  ])('refuse $from → $to', ({ from, to }) => {
    expect(judge(from, to)).toBe('floor')
  })

  it.each([
    { from: 'store/grants.ts', to: 'config/settings.ts' },
    { from: 'store/grants.ts', to: 'store/pool.ts' },
    { from: 'http/routes.ts', to: 'store/index.ts' },
    { from: 'provider/index.ts', to: 'keys/keystore.ts' },
    { from: 'http/pages/consent.ts', to: 'http/routes.ts' },
    { from: 'app.ts', to: 'provider/index.ts' },
    { from: 'cli/serve.ts', to: 'app.ts' },
    { from: 'main.ts', to: 'cli/index.ts' },
  ])('allow $from → $to', ({ from, to }) => {
    expect(judge(from, to)).toBeUndefined()
  })

  it('refuse a folder that nobody gave a floor', () => {
    expect(judge('billing/invoice.ts', 'config/settings.ts')).toBe('floor-unknown')
    expect(judge('app.ts', 'billing/invoice.ts')).toBe('floor-unknown')
  })
})

describe('cycles', () => {
  const edge = (from: string, to: string, typeOnly = false) => ({ from, to, typeOnly })

  it('are found between two folders, through any of their files', () => {
    const cycles = findCycles([
      edge('s/cli/a.ts', 's/dev/b.ts'),
      edge('s/dev/c.ts', 's/dev/d.ts'),
      edge('s/dev/d.ts', 's/cli/e.ts'),
    ])
    expect(cycles).toEqual([['s/cli', 's/dev', 's/cli']])
  })

  it('are found between two folders that exchange nothing but types', () => {
    expect(findCycles([edge('s/cli/a.ts', 's/dev/b.ts', true), edge('s/dev/b.ts', 's/cli/a.ts', true)])).toHaveLength(1)
  })

  it('are found between a file and the folder beside it', () => {
    const cycles = findCycles([
      edge('s/http/index.ts', 's/http/pages/a.ts'),
      edge('s/http/pages/a.ts', 's/http/index.ts'),
    ])
    expect(cycles).toEqual([['s/http/index.ts', 's/http/pages', 's/http/index.ts']])
  })

  it('are found among three files of one folder', () => {
    expect(findCycles([edge('s/a.ts', 's/b.ts'), edge('s/b.ts', 's/c.ts'), edge('s/c.ts', 's/a.ts')])).toHaveLength(1)
  })

  it('of types alone may stand between files of one folder', () => {
    expect(findCycles([edge('s/a.ts', 's/b.ts'), edge('s/b.ts', 's/a.ts', true)])).toEqual([])
  })

  it('are not seen where a folder and its parent import different files of each other', () => {
    expect(
      findCycles([edge('s/http/index.ts', 's/http/pages/a.ts'), edge('s/http/pages/a.ts', 's/http/csp.ts')]),
    ).toEqual([])
  })
})
