import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { indexOf } from '../attacks.ts'
import { withChange } from '../defences/defence.ts'
import { draw } from '../defences/draw.ts'
import { DEFENCES } from '../defences/index.ts'
import type { TestOutcome } from '../defences/run-tests.ts'
import { judgeOff, judgeOn } from '../defences/verdict.ts'
import { createWorkbench } from '../defences/workbench.ts'
import { readOptions } from '../defences.ts'

const root = new URL('../..', import.meta.url).pathname.replace(/\/$/, '')
const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')

describe('the list of defences', () => {
  const { tested } = indexOf(root)

  it.each(DEFENCES)('has a place for "$what" in the sources as they are ($attack)', ({ off }) => {
    expect(off.length).toBeGreaterThan(0)
    for (const change of off) expect(withChange(read(change.file), change)).not.toBe(read(change.file))
  })

  it.each(DEFENCES)('names a test for "$what" that is there and makes that attack ($attack)', ({ attack, test }) => {
    expect(existsSync(`${root}/${test.file}`), test.file).toBe(true)
    expect(read(test.file)).toContain(test.name)
    expect(tested.get(attack)).toContain(test.file)
  })

  it('holds each defence once', () => {
    const offs = DEFENCES.map(({ off, test }) => JSON.stringify([off, test]))
    expect(new Set(offs).size).toBe(offs.length)
  })
})

describe('a change', () => {
  const change = { file: 'a.ts', text: 'if (bad) return', without: '' }

  it('is made where its text stands once', () => {
    expect(withChange('one\nif (bad) return\ntwo', change)).toBe('one\n\ntwo')
  })

  it.each(['nothing of it', 'if (bad) return; if (bad) return'])('is refused where it does not: %s', (source) => {
    expect(() => withChange(source, change)).toThrow('a.ts must hold exactly once')
  })
})

describe('a draw', () => {
  const all = Array.from({ length: 50 }, (_, at) => at)

  it('is the same by the same seed, and another one by another', () => {
    expect(draw(all, 10, 7)).toEqual(draw(all, 10, 7))
    expect(draw(all, 10, 7)).not.toEqual(draw(all, 10, 8))
  })

  it('has each once, and reaches all of them', () => {
    for (const seed of all) expect(new Set(draw(all, 10, seed)).size).toBe(10)
    expect(new Set(all.flatMap((seed) => draw(all, 10, seed))).size).toBe(all.length)
    expect(draw(all, 99, 1).toSorted((a, b) => a - b)).toEqual(all)
  })
})

describe('the verdict about a test', () => {
  const defence = { test: { file: 'a.test.ts', name: 'is refused' } }
  const outcome = (status: string, ...failures: string[]): TestOutcome => {
    return { file: 'a.test.ts', name: 'a request is refused (A01)', status, failures }
  }
  const run = (tests: readonly TestOutcome[], trouble?: string) => ({ tests, trouble })

  it.each([
    { kind: 'noticed', says: 'it failed by what it asserts', tests: [outcome('failed', 'AssertionError: 200\n at')] },
    { kind: 'noticed', says: 'one of several did', tests: [outcome('passed'), outcome('failed', 'AssertionError: x')] },
    { kind: 'survived', says: 'it passed', tests: [outcome('passed')] },
    { kind: 'unjudged', says: 'the program broke', tests: [outcome('failed', 'TypeError: x is not a function')] },
    { kind: 'unjudged', says: 'it was too slow', tests: [outcome('failed', 'Error: Test timed out in 90000ms.')] },
    { kind: 'unjudged', says: 'it was left out', tests: [outcome('skipped')] },
    { kind: 'unjudged', says: 'it was not found', tests: [{ ...outcome('passed'), name: 'something else' }] },
    { kind: 'unjudged', says: 'it is of another file', tests: [{ ...outcome('passed'), file: 'b.test.ts' }] },
    { kind: 'unjudged', says: 'nothing ran at all', tests: [] },
  ])('is "$kind" where $says', ({ kind, tests }) => {
    expect(judgeOff(defence, run(tests)).kind).toBe(kind)
  })

  it('says why nothing ran', () => {
    expect(judgeOff(defence, run([], 'SyntaxError: Unexpected token')).detail).toBe('SyntaxError: Unexpected token')
  })

  it('needs a test that passes with the defence on', () => {
    expect(judgeOn(defence, run([outcome('passed')]))).toBeUndefined()
    expect(judgeOn(defence, run([outcome('failed', 'AssertionError: x')]))).toContain('with the defence on')
    expect(judgeOn(defence, run([]))).toBe('no test of this name ran')
  })
})

describe('the command line', () => {
  it('draws ten by a seed of its own, which it says', () => {
    const options = readOptions([])
    expect(options?.chosen).toHaveLength(10)
    expect(options).toMatchObject({ seed: expect.any(Number), jobs: 1, json: false })
    expect(readOptions(['--seed', String(options?.seed)])?.chosen).toEqual(options?.chosen)
  })

  it('takes all of them, or those against one attack', () => {
    expect(readOptions(['--all', '--json', '--jobs', '3'])).toEqual({
      chosen: DEFENCES,
      seed: undefined,
      jobs: 3,
      json: true,
    })
    expect(new Set(readOptions(['--attack', 'A15'])?.chosen.map(({ attack }) => attack))).toEqual(new Set(['A15']))
  })

  it.each([
    ['--count', '0'],
    ['--count', 'x'],
    ['--seed', '-1'],
    ['--seed', String(2 ** 32)],
    ['--jobs', '0'],
    ['--attack', 'A999'],
    ['--nothing'],
    ['A15'],
  ])('refuses %s %s', (...args) => {
    expect(readOptions(args)).toBeUndefined()
  })
})

describe('a workbench', () => {
  let repository: string
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'sallyport-test-'))
    execFileSync('git', ['init', '--quiet'], { cwd: repository })
    writeFileSync(join(repository, 'package.json'), '{"workspaces":[]}')
    writeFileSync(join(repository, 'a.ts'), 'const LIMIT = 5\n')
  })
  afterAll(() => rmSync(repository, { recursive: true, force: true }))

  it('changes its copy alone, for as long as something is done there, and takes it back when that fails', async () => {
    const bench = createWorkbench(repository)
    const text = (where: string): string => readFileSync(join(where, 'a.ts'), 'utf8')
    const off = [{ file: 'a.ts', text: 'LIMIT = 5', without: 'LIMIT = 500' }]
    const during = await bench.during(off, async () => [text(bench.root), text(repository)])
    expect(during).toEqual(['const LIMIT = 500\n', 'const LIMIT = 5\n'])
    expect(text(bench.root)).toBe('const LIMIT = 5\n')
    await expect(bench.during(off, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
    expect(text(bench.root)).toBe('const LIMIT = 5\n')
    bench.remove()
    expect([existsSync(bench.root), existsSync(repository)]).toEqual([false, true])
  })
})
