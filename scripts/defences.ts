// npm run test:defences: switches defences off, one at a time and in a copy, and sees whether their tests notice.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { Defence } from './defences/defence.ts'
import { draw } from './defences/draw.ts'
import { DEFENCES } from './defences/index.ts'
import { runTests, type TestRun } from './defences/run-tests.ts'
import { judgeOff, judgeOn, type Verdict } from './defences/verdict.ts'
import { createWorkbench, type Workbench } from './defences/workbench.ts'

const USAGE = `npm run test:defences -- [--count N] [--seed N] [--all] [--attack A15] [--jobs N] [--json]

Draws ten defences at random, switches each off in a copy of the sources, and runs the test that must fail then.
  --count N     how many to draw (10)
  --seed N      draws what was drawn by this seed (random, and printed)
  --all         every defence, in their order
  --attack ID   the defences against one attack
  --jobs N      how many to try at the same time, each in a copy of its own (1)
  --json        the result as JSON on stdout
Exit codes: 0 every one was noticed, 1 one was not, 2 usage, 3 one could not be judged.`

const SEEDS = 2 ** 32
const CODES = { noticed: 0, survived: 1, usage: 2, unjudged: 3 } as const

interface Options {
  readonly chosen: readonly Defence[]
  readonly seed: number | undefined
  readonly jobs: number
  readonly json: boolean
}

interface Result {
  readonly defence: Defence
  readonly verdict: Verdict
}

/** What the command line asks for. @returns undefined where it asks for something that there is not */
export function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const options = { count: text, seed: text, all: flag, attack: text, jobs: text, json: flag }
  try {
    const { values } = parseArgs({ args: [...args], options })
    const { all, attack, json } = values
    const [count, seed, jobs] = [values.count ?? '10', values.seed ?? String(randomInt(SEEDS)), values.jobs ?? '1']
    if (![count, seed, jobs].every(isNumber) || Number(count) === 0 || Number(jobs) === 0) return undefined
    const wanted = attack === undefined ? DEFENCES : DEFENCES.filter((each) => each.attack === attack)
    if (wanted.length === 0) return undefined
    const rest = { jobs: Number(jobs), json }
    if (all || attack !== undefined) return { chosen: wanted, seed: undefined, ...rest }
    return { chosen: draw(wanted, Number(count), Number(seed)), seed: Number(seed), ...rest }
  } catch {
    return undefined
  }
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < SEEDS
}

/**
 * @param control for the tests with every defence on
 * @param benches one for each that is tried at the same time
 */
async function judgeAll(
  control: Workbench,
  benches: readonly Workbench[],
  chosen: readonly Defence[],
): Promise<readonly Result[]> {
  const allOn = runTests(
    control.root,
    chosen.map(({ test }) => test),
  )
  const results: Result[] = []
  const left = [...chosen]
  const work = async (bench: Workbench): Promise<void> => {
    for (let defence = left.shift(); defence !== undefined; defence = left.shift()) {
      const run = await bench.during(defence.off, () => runTests(bench.root, [defence.test]))
      const verdict = judgeOff(defence, run)
      results.push({ defence, verdict })
      const { attack, what } = defence
      console.error(`${results.length}/${chosen.length} ${verdict.kind} ${attack} ${what}: ${verdict.detail}`)
    }
  }
  await Promise.all(benches.map(work))
  const on = await allOn
  return results.map((result) => judgedWithAllOn(result, on))
}

/** A test that fails anyway notices nothing. */
function judgedWithAllOn({ defence, verdict }: Result, on: TestRun): Result {
  const trouble = judgeOn(defence, on)
  if (trouble === undefined) return { defence, verdict }
  console.error(`unjudged ${defence.attack} ${defence.what}: ${trouble}`)
  return { defence, verdict: { kind: 'unjudged', detail: trouble } }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) {
    console.error(USAGE)
    return CODES.usage
  }
  const { chosen, seed, jobs, json } = options
  if (seed !== undefined) console.error(`seed ${seed}`)
  const root = new URL('..', import.meta.url).pathname.replace(/\/$/, '')
  const control = createWorkbench(root)
  const benches = Array.from({ length: Math.min(jobs, chosen.length) }, () => createWorkbench(root))
  const clear = (): void => {
    for (const bench of [control, ...benches]) bench.remove()
  }
  process.once('SIGINT', () => {
    clear()
    process.exit(CODES.unjudged)
  })
  try {
    const results = await judgeAll(control, benches, chosen)
    const count = (kind: Verdict['kind']): number => results.filter(({ verdict }) => verdict.kind === kind).length
    const summary = { noticed: count('noticed'), survived: count('survived'), unjudged: count('unjudged') }
    if (json) console.log(JSON.stringify({ seed, summary, results }, undefined, 2))
    else console.log(`${summary.noticed} noticed, ${summary.survived} survived, ${summary.unjudged} unjudged`)
    if (summary.survived > 0) return CODES.survived
    return summary.unjudged > 0 ? CODES.unjudged : CODES.noticed
  } finally {
    clear()
  }
}

if (import.meta.main) process.exitCode = await main()
