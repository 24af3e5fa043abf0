import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** What became of one test. */
export interface TestOutcome {
  /** From the repository root. */
  readonly file: string
  readonly name: string
  readonly status: string
  readonly failures: readonly string[]
}

export interface TestRun {
  readonly tests: readonly TestOutcome[]
  /** Of a file that came to no test at all, or of a run that wrote nothing down. */
  readonly trouble: string | undefined
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[] | null
    }[]
  }[]
}

/** @param wanted files and parts of the names of their tests; a test that has the part of another file's is run, too */
export async function runTests(
  root: string,
  wanted: readonly { readonly file: string; readonly name: string }[],
): Promise<TestRun> {
  const report = join(root, 'defences-report.json')
  rmSync(report, { force: true })
  const files = [...new Set(wanted.map(({ file }) => file))]
  const names = [...new Set(wanted.map(({ name }) => patternOf(name)))].join('|')
  // Most modules are the same from run to run.
  const args = ['--experimental.fsModuleCache', '--reporter=json', `--outputFile=${report}`]
  const said = await vitest(root, ['run', ...files, '-t', names, ...args])
  return readReport(root, report, said)
}

// Vitest takes a name for a pattern.
const patternOf = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function vitest(root: string, args: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const program = join(root, 'node_modules/vitest/vitest.mjs')
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('error', reject)
  child.on('close', () => resolve(Buffer.concat(chunks).toString('utf8')))
  return promise
}

function readReport(root: string, path: string, said: string): TestRun {
  let report: Report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return { tests: [], trouble: `the run wrote nothing down: ${said.trim().split('\n').at(-1) ?? ''}` }
  }
  const tests = report.testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages }) => {
      return { file: file.slice(root.length + 1), name: fullName, status, failures: failureMessages ?? [] }
    }),
  )
  const broken = report.testResults.find(({ status, message }) => status === 'failed' && message !== '')
  return { tests, trouble: broken?.message.split('\n')[0] }
}
