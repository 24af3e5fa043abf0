import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { runCommandLine } from '../../src/cli/program.ts'

const root = new URL('../../', import.meta.url).pathname
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8')
const script = read('ci/examine.sh')
const action = parse(read('ci/action.yml'))
const job = parse(read('ci/gitlab.yml'))['examine-mcp-server']

async function helpOf(...args: readonly string[]): Promise<string> {
  const lines: string[] = []
  const refuse = async (): Promise<never> => {
    throw new Error('help reads and writes no file')
  }
  await runCommandLine([...args, '--help'], {
    out: (line) => lines.push(line),
    err: (line) => lines.push(line),
    environment: {},
    readFile: refuse,
    writeFile: refuse,
    proveWritable: refuse,
    replaceFile: refuse,
    appendFile: refuse,
    onInterrupt: () => () => {},
  })
  return lines.join('\n')
}

const flagsIn = (text: string): readonly string[] =>
  [...new Set(text.replaceAll('--conditions=', '').match(/(?<![\w-])--[a-z][a-z-]+/g))].sort()
const variablesIn = (text: string): readonly string[] => [...new Set(text.match(/\bEXAMINE_[A-Z_]+/g))].sort()

describe('examine.sh', () => {
  it('uses no flag that the command line has not', async () => {
    const known = flagsIn(await helpOf('server'))
    expect(flagsIn(script).length).toBeGreaterThan(12)
    expect(flagsIn(script).filter((flag) => !known.includes(flag))).toEqual([])
  })

  it('ends with the exit code of the examiner: 4 for a server that is not there, 2 for a flag of nonsense', () => {
    const reports = mkdtempSync(join(tmpdir(), 'examine-'))
    const run = (environment: Readonly<Record<string, string>>): number | null =>
      spawnSync(`${root}ci/examine.sh`, {
        env: {
          PATH: process.env.PATH,
          EXAMINE_REPORTS: reports,
          EXAMINE_URL: 'http://127.0.0.1:1/mcp',
          ...environment,
        },
      }).status
    expect(run({})).toBe(4)
    expect(run({ EXAMINE_SPEC: '1999-01-01' })).toBe(2)
    // Many targets stand in their file, and an entry may name the token; the last URL is not read then.
    const targets = join(reports, 'targets.yaml')
    writeFileSync(targets, '- url: http://127.0.0.1:1/mcp\n  tokenEnv: EXAMINE_TOKEN\n')
    expect(run({ EXAMINE_TARGETS: targets, EXAMINE_TOKEN: 'x' })).toBe(4)
    expect(JSON.parse(readFileSync(join(reports, 'report.json'), 'utf8')).targets).toHaveLength(1)
    // Each line of it is one argument, whatever stands in it.
    expect(run({ EXAMINE_ONLY: '$(exit 7); --list' })).toBe(2)
  })
})

describe('the GitHub Action', () => {
  const [, , examine] = action.runs.steps

  it('hands every input to the script as a variable, and knows no other', () => {
    const handed = Object.values<string>(examine.env).map((value) => /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1])
    expect(handed.toSorted()).toEqual(Object.keys(action.inputs).toSorted())
    expect(Object.keys(examine.env).toSorted()).toEqual(variablesIn(script))
  })

  it('puts no input into the text of a command', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{')
  })

  it('describes every input, with a default where it may be left out', () => {
    for (const input of Object.values<{ description?: string; required?: boolean; default?: string }>(action.inputs)) {
      expect(input.description).toMatch(/\w/)
      expect(input.required === true || typeof input.default === 'string').toBe(true)
    }
  })
})

describe('the GitLab job', () => {
  it('sets variables of the script alone, and keeps the reports that it writes', () => {
    const known = [...variablesIn(script), 'SALLYPORT']
    expect(Object.keys(job.variables).filter((name) => !known.includes(name))).toEqual([])
    expect(job.artifacts.reports.junit).toBe(`${job.variables.EXAMINE_REPORTS}/report.junit.xml`)
    expect(job.artifacts.paths).toEqual([`${job.variables.EXAMINE_REPORTS}/`])
  })
})

describe('the README of the examiner', () => {
  it('names every flag of the command line, and none that it has not', async () => {
    const known = flagsIn(await helpOf('server'))
    const section = read('README.md').split('## Flags')[1]?.split('\n## ')[0] ?? ''
    expect(flagsIn(section)).toEqual(known.filter((flag) => flag !== '--help'))
  })
})

describe('bash', () => {
  it('finds no fault in the syntax of the script', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    execFile('bash', ['-n', `${root}ci/examine.sh`], (error) => resolve(error === null ? 0 : 1))
    expect(await promise).toBe(0)
  })
})
