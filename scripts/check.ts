// npm run check: format, lint, types, project references, the laws of the house. Every part runs, every failure is shown.
import { spawn } from 'node:child_process'
import { delimiter } from 'node:path'

interface Part {
  readonly name: string
  readonly command: readonly [string, ...string[]]
}

const PARTS: readonly Part[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '--max-diagnostics=none', '.'] },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.check.json'] },
  // References refuse to check without emitting; the output lands in the ignored dist folders and is what a package ships.
  { name: 'project references', command: ['tsc', '-b'] },
  { name: 'floors', command: ['node', 'scripts/floors.ts'] },
  { name: 'reference', command: ['node', '--conditions=@sallyport/source', 'scripts/docs.ts', '--check'] },
  { name: 'wording', command: ['node', 'scripts/wording.ts'] },
]

interface Outcome {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
  readonly output: string
}

const root = new URL('..', import.meta.url).pathname
const path = [`${root}node_modules/.bin`, process.env.PATH ?? ''].join(delimiter)

function run({ name, command: [program, ...args] }: Part): Promise<Outcome> {
  const started = performance.now()
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const child = spawn(program, args, { cwd: root, env: { ...process.env, PATH: path } })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const end = (passed: boolean, note: string): void => {
    const seconds = (performance.now() - started) / 1000
    resolve({ name, passed, seconds, output: Buffer.concat(chunks).toString('utf8') + note })
  }
  child.on('error', (error) => end(false, `${program} did not start: ${error.message}\n`))
  child.on('close', (code) => end(code === 0, ''))
  return promise
}

const started = performance.now()
const outcomes = await Promise.all(
  PARTS.map(async (part) => {
    const outcome = await run(part)
    process.stdout.write(`${outcome.passed ? 'ok  ' : 'FAIL'} ${outcome.name} (${outcome.seconds.toFixed(1)} s)\n`)
    return outcome
  }),
)
const failed = outcomes.filter(({ passed }) => !passed)
for (const { name, output } of failed) process.stdout.write(`\n--- ${name} ---\n${output}`)
const seconds = ((performance.now() - started) / 1000).toFixed(1)
process.stdout.write(`\n${outcomes.length - failed.length} of ${outcomes.length} parts passed in ${seconds} s\n`)
process.exitCode = failed.length === 0 ? 0 : 1
