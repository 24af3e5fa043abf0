import { describe, expect, it } from 'vitest'
import { judgeWording } from '../wording.ts'

const documents = new Set(['README.md', 'ARCHITECTURE.md'])
const judge = (text: string, path = 'server/src/app.ts') => judgeWording(path, text, documents).map(({ law }) => law)

describe('wording', () => {
  it.each([
    { text: '// TODO: check the audience', law: 'stub' },
    { text: '// FIXME', law: 'stub' },
    { text: "throw new Error('not implemented')", law: 'stub' },
    { text: "it.skip('refuses a replay', () => {})", law: 'switched-off-test' },
    { text: "describe.only('codes', () => {})", law: 'switched-off-test' },
    { text: "it.concurrent.todo('refuses a replay')", law: 'switched-off-test' },
    { text: "const folder = '/home/alice/data'", law: 'machine-path' },
    { text: 'see /home/alice/server', law: 'machine-path' },
    { text: '// as PLAN.md decides', law: 'unknown-document' },
    { text: 'see [the plan](docs/plan.md)', law: 'unknown-document' },
  ])('refuses: $text', ({ text, law }) => {
    expect(judge(text)).toEqual([law])
  })

  it.each([
    'see [the map](ARCHITECTURE.md)',
    "it.skipIf(!chromium)('shows the page', () => {})",
    'https://example.com/home/page',
    'const path = folder + `}/home/queue`',
    'the data folder must not lie under /root',
    'const todos = []',
  ])('allows: %s', (text) => {
    expect(judge(text)).toEqual([])
  })

  it('refuses download addresses in the lock file and allows their absence', () => {
    expect(judge('{\n"resolved": "https://registry.example/a.tgz"\n}', 'package-lock.json')).toEqual(['registry-host'])
    expect(judge('{\n"resolved": "server", "link": true\n}', 'package-lock.json')).toEqual([])
  })

  it('names the line', () => {
    expect(judgeWording('a.ts', 'fine\n// TODO\n', documents)).toMatchObject([{ path: 'a.ts', line: 2 }])
  })
})
