import { share } from '../../../server/test/setup/scale.ts'
import { FAULTS } from '../../fixtures/broken/all.ts'
import { startBrokenServer } from '../../fixtures/broken/start-broken.ts'
import { FRAMEWORK_SERVERS } from '../../fixtures/frameworks/all.ts'
import { SOUND_SERVERS, UNTOLD_SERVERS } from '../../fixtures/sound/all.ts'
import type { Report } from '../../src/report/report.ts'
import { examineFixture } from './examination.ts'

/** What the examiner found at one fixture, beside what the fixture says it should. */
export interface Row {
  readonly name: string
  readonly says: string
  readonly expected: Findings
  readonly found: Findings
  readonly report: Report
}

/** What a page shows of a fixture. */
export type PageRow = Pick<Row, 'name' | 'says' | 'found'>

type NamedFault = Pick<Row, 'name' | 'says'> & { readonly fails: readonly string[]; readonly warns?: readonly string[] }

export interface Findings {
  readonly fails: readonly string[]
  readonly warns: readonly string[]
}

/** Two cores: more at a time only make each slower. */
const AT_ONCE = 4
/** A broken one takes seconds, and there are hundreds. */
const BROKEN_ONE_IN = 6

/** Which of the broken ones a run examines: all where it is a soak, or writes the page anew. */
export function examined<Fault>(faults: readonly Fault[]): readonly Fault[] {
  return process.env.UPDATE_MATRIX === '1' ? faults : share(faults, BROKEN_ONE_IN)
}

/**
 * Examines every whole server. The pauses that frameworks make between lookups of keys are theirs, and cannot be made
 * shorter: what waits for them is left out.
 */
export function examineWhole(): Promise<readonly Row[]> {
  const servers = [...SOUND_SERVERS, ...UNTOLD_SERVERS, ...FRAMEWORK_SERVERS]
  return inTurn(servers, async (server) => {
    const slow = !FRAMEWORK_SERVERS.includes(server)
    const { report } = await examineFixture(server.start, { reachesDownstream: true, slow })
    return row(server, expectedOf(server), report)
  })
}

/** Examines the broken servers that are this run's. */
export function examineBroken(): Promise<readonly Row[]> {
  return inTurn(examined(FAULTS), async (fault) => {
    const { report } = await examineFixture((settings) => startBrokenServer(fault, settings), {
      calls: fault.calls ?? [],
      reachesDownstream: true,
      slow: fault.slow === true,
    })
    return row(fault, expectedOfFault(fault), report)
  })
}

export function row({ name, says }: Pick<Row, 'name' | 'says'>, expected: Findings, report: Report): Row {
  const withVerdict = (verdict: string): readonly string[] =>
    report.checks.filter((check) => check.verdict === verdict).map(({ id }) => id)
  const found = { fails: withVerdict('fail').toSorted(), warns: withVerdict('warn').toSorted() }
  return { name, says, expected, found, report }
}

/**
 * The rows of a page: what was found where this run looked, and what is expected where it did not, which a whole run has
 * shown to be the same.
 */
export function rowsOfAll(faults: readonly NamedFault[], found: ReadonlyMap<string, Row>): readonly PageRow[] {
  return faults.map((fault) => found.get(fault.name) ?? { ...fault, found: expectedOfFault(fault) })
}

/** What is written beside a whole fixture, with the reason of each. */
export function expectedOf({ fails, warns }: { readonly fails: object; readonly warns: object }): Findings {
  return { fails: Object.keys(fails).toSorted(), warns: Object.keys(warns).toSorted() }
}

/** A fault changes one thing, so what warns at the sound server warns at the broken one too. */
export function expectedOfFault({ fails, warns = [] }: NamedFault): Findings {
  return { fails: fails.toSorted(), warns: warns.toSorted() }
}

export function byName(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((each) => [each.name, each]))
}

/** @throws where a run did not come to this fixture */
export function rowOf(rows: ReadonlyMap<string, Row>, name: string): Row {
  const found = rows.get(name)
  if (found === undefined) throw new Error(`${name} was not examined`)
  return found
}

export async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const entries = items.entries()
  const worker = async (): Promise<void> => {
    for (const [at, item] of entries) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
