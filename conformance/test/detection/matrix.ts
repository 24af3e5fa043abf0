import { FAULTS } from '../../fixtures/broken/all.ts'
import type { Fault } from '../../fixtures/broken/fault.ts'
import { startBrokenServer } from '../../fixtures/broken/start-broken.ts'
import { FRAMEWORK_SERVERS } from '../../fixtures/frameworks/all.ts'
import { SOUND_SERVERS, UNTOLD_SERVERS, type WholeServer } from '../../fixtures/sound/all.ts'
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

export interface Findings {
  readonly fails: readonly string[]
  readonly warns: readonly string[]
}

/** Two cores: more at a time only make each slower. */
const AT_ONCE = 4

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

/** Examines every broken server. */
export function examineBroken(): Promise<readonly Row[]> {
  return inTurn(FAULTS, async (fault) => {
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

function expectedOf({ fails, warns }: WholeServer): Findings {
  return { fails: Object.keys(fails).toSorted(), warns: Object.keys(warns).toSorted() }
}

/** A fault changes one thing, so what warns at the sound server warns at the broken one too. */
function expectedOfFault({ fails, warns = [] }: Fault): Findings {
  return { fails: fails.toSorted(), warns: warns.toSorted() }
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
