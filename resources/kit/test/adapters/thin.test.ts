import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const FOLDER = join(import.meta.dirname, '../../src/adapters')
const MOST_LINES = 60

const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts'))
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export) (?!type )[^\n]*from '([^']+)'/gm)].map((match) => match[1] ?? '')

describe.each(files)('the adapter file %s', (name) => {
  it('is thin, and imports neither a framework nor a part of the guard that decides', async () => {
    const text = await readFile(join(FOLDER, name), 'utf8')
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(MOST_LINES)
    const allowed = /^(?:node:|\.\/|\.\.\/access\.ts$|\.\.\/http\/stream-expiry\.ts$|\.\.\/token\/token-refusal\.ts$)/
    expect(importsOf(text).filter((specifier) => !allowed.test(specifier))).toEqual([])
  })
})
