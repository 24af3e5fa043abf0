import type { Check } from '../check/check.ts'
import { type Driver, NotStartedError } from '../client/drive/drive.ts'
import { acquaint, revisionOf, SOUND_WORLD } from '../client/meet-client.ts'
import type { Acquaintance, ClientSubject } from '../client/subject.ts'
import { type VisitLimits, visitWorld } from '../client/visit-world.ts'
import type { WorldChange } from '../client/world/behaviours.ts'
import type { Visit } from '../client/world/record.ts'
import type { Revision } from '../mcp/revision.ts'
import { redactExchanges, redactText } from '../report/redaction.ts'
import { type CheckReport, type Report, summarise } from '../report/report.ts'
import type { Requirement } from '../requirements/requirement.ts'
import type { Exchange } from '../wire/message.ts'
import { UnreachableError } from './examine-server.ts'
import { runChecks } from './run-checks.ts'

/** One client, examined. */
export interface ExamineClient {
  /** What the report calls it. */
  readonly target: string
  readonly drive: Driver
  readonly spec: Revision | undefined
  readonly checks: readonly Check<ClientSubject>[]
  readonly requirements: ReadonlyMap<string, Requirement>
  readonly limits: VisitLimits
  /** Names the world that the client is sent into. */
  readonly onVisit?: (world: string) => void
  readonly onResult?: (result: CheckReport, done: number, all: number) => void
}

const AS_THE_FIRST: Acquaintance = {
  kind: 'incomplete',
  why: 'the client did not come through where nobody is hostile; the first check says how far it came',
}

/** Of a flood nobody reads more. */
const EVIDENCE_MAX = 60

/**
 * Examines one client: sends it into the sound world first, and then into each world that a check asks about.
 * @throws UnreachableError when it cannot be started
 */
export async function examineClient(options: ExamineClient): Promise<Report> {
  const { drive, limits, spec } = options
  const visits = new Map<WorldChange, Promise<Visit>>()
  const visit = (change: WorldChange): Promise<Visit> => {
    const known = visits.get(change)
    if (known !== undefined) return known
    options.onVisit?.(change.name)
    const visiting = visitWorld(change, drive, limits, spec)
    visits.set(change, visiting)
    return visiting
  }
  const first = await startable(() => visit(SOUND_WORLD))
  const acquainted = acquaint(first)
  let told = false
  const revision = spec ?? revisionOf(first)
  const checks = await runChecks({
    checks: options.checks,
    requirements: options.requirements,
    revision,
    permissions: new Set(),
    openWire: () => ({ exchanges: [] as Exchange[] }),
    subjectFor: ({ exchanges }): ClientSubject => ({
      meet(): Acquaintance {
        if (acquainted.kind === 'complete') return acquainted
        // Said once, with all that was seen: the same for each check would hide it.
        if (told) return AS_THE_FIRST
        told = true
        exchanges.push(...first.requests.slice(0, EVIDENCE_MAX))
        return { kind: 'incomplete', why: redactExchanges(first.requests).text(acquainted.why) }
      },
      async visit(change) {
        const visited = await visit(change)
        exchanges.push(...visited.requests.slice(0, EVIDENCE_MAX))
        return visited
      },
      show(decisive) {
        exchanges.push(...decisive)
      },
    }),
    ...(options.onResult === undefined ? {} : { onResult: options.onResult }),
  })
  return { target: redactText(options.target), spec: revision, summary: summarise(checks), checks }
}

async function startable(run: () => Promise<Visit>): Promise<Visit> {
  try {
    return await run()
  } catch (error) {
    throw error instanceof NotStartedError ? new UnreachableError(error.message) : error
  }
}
