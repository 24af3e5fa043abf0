import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname
const page = readFileSync(join(ROOT, 'docs/guarantees.md'), 'utf8')
const rows = page.split('\n').flatMap((line) => {
  const [, id, , , attacks] = line.match(/^\| (I\d+) \| (.*) \| (.*) \| (.*) \|$/) ?? []
  return id === undefined || attacks === undefined ? [] : [{ id, attacks: [...attacks.matchAll(/`([^`]+)`/g)] }]
})

/** The text of a test file, or of all in a folder. */
function textOf(path: string): string {
  const full = join(ROOT, path)
  if (!statSync(full).isDirectory()) return readFileSync(full, 'utf8')
  return readdirSync(full)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(full, name), 'utf8'))
    .join('\n')
}

describe('the page of guarantees', () => {
  it('has a row for each invariant', () => {
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, index) => `I${index + 1}`))
  })

  it.each(rows)('names for $id tests that are there, and one at least that says so itself', ({ id, attacks }) => {
    const paths = attacks.map(([, path]) => String(path))
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
    expect(paths.some((path) => new RegExp(`\\b${id}\\b`).test(textOf(path)))).toBe(true)
  })
})
