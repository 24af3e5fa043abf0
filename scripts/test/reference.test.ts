import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { generatePages, stalePages } from '../docs.ts'
import { catalogueOf } from '../reference/errors-page.ts'
import { table } from '../reference/markdown.ts'
import { findUsedCodes } from '../reference/used-codes.ts'
import { listFiles } from '../source-files.ts'

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

/** Looked for without the generator: whatever stands in quotes and looks like a code. */
const literals = new Set(
  listFiles(root)
    .filter((path) => /^(?:server|resources\/[^/]+)\/src\/.*\.ts$/.test(path))
    .flatMap((path) => [...read(path).matchAll(/['"](SALLYPORT_[EW]_[A-Z0-9_]+)['"]/g)].map((match) => match[1])),
)

describe('docs/reference', () => {
  it('is what the code says: `npm run docs` was run', () => {
    expect(stalePages(generatePages(), read)).toEqual([])
  })

  it('lists every SALLYPORT_ code of the sources once, and no other', () => {
    const rows = [...read('docs/reference/errors.md').matchAll(/^\| `(SALLYPORT_[EW]_\w+)` \|/gm)].map(
      (match) => match[1],
    )
    expect(rows.length).toBeGreaterThan(60)
    expect(rows).toEqual([...literals].sort())
  })

  it('finds a page stale that differs by one character, and one that is missing', () => {
    const pages = new Map([
      ['one', 'one\n'],
      ['two', 'two\n'],
      ['three', 'three\n'],
    ])
    const disk: Record<string, string> = { one: 'one\n', two: 'twO\n' }
    expect(stalePages(pages, (path) => disk[path])).toEqual(['two', 'three'])
  })

  it('has a section for every verb, each with an example that begins with the verb or sets a variable for it', () => {
    const page = read('docs/reference/cli.md')
    const sections = page.split('\n## ').filter((part) => part.startsWith('sallyport '))
    expect(sections.length).toBeGreaterThan(12)
    for (const section of sections) {
      const [verb = ''] = section.split('\n')
      expect(section).toMatch(new RegExp(`\n(?:[A-Z_]+=\\S+ )*${verb}( |\n)`))
    }
  })
})

describe('the catalogue of codes', () => {
  const meaning = { means: 'It is so.', change: 'Nothing.' }
  const used = (text: string) => findUsedCodes([{ path: 'server/src/http/planted.ts', text }])

  it('refuses a code that nobody explained, and names it and its file', () => {
    expect(() => catalogueOf(used("code: 'SALLYPORT_E_PLANTED'"), new Map())).toThrow(
      /SALLYPORT_E_PLANTED of server\/src\/http\/planted\.ts has no meaning/,
    )
  })

  it('refuses a meaning whose code no source uses', () => {
    expect(() => catalogueOf([], new Map([['SALLYPORT_E_GONE', meaning]]))).toThrow(/SALLYPORT_E_GONE .* no source/)
  })

  it('refuses a code that two packages use, each in its own sense', () => {
    const paths = ['resources/kit/src/a.ts', 'server/src/http/b.ts']
    expect(() =>
      catalogueOf([{ code: 'SALLYPORT_E_TWICE', paths }], new Map([['SALLYPORT_E_TWICE', meaning]])),
    ).toThrow(/SALLYPORT_E_TWICE is used by .* one code has one meaning/)
  })

  it('says where a code is seen and which OAuth error goes with it', () => {
    const rows = catalogueOf(used("'SALLYPORT_E_GRANT'"), new Map([['SALLYPORT_E_GRANT', meaning]]))
    expect(rows).toEqual([
      { ...meaning, code: 'SALLYPORT_E_GRANT', places: ['authorization server'], oauthErrors: ['invalid_grant'] },
    ])
  })

  it('refuses codes that are put together out of parts, and knows the pattern of a type', () => {
    expect(() => used(`const code = \`SALLYPORT_E_POSTGRES_\${name}\``)).toThrow(/write each code out/)
    expect(used(`code: \`SALLYPORT_E_\${string}\`, SALLYPORT_E_POSTGRES_* codes`)).toEqual([])
  })
})

describe('a table', () => {
  it('keeps a bar inside its cell', () => {
    expect(table(['a'], [['x | y']])).toBe('| a |\n| --- |\n| x \\| y |')
  })
})
