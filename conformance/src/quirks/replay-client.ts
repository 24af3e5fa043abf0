import { Unmet } from '../as/asking.ts'
import { createEvidenceWire, createRelay } from '../as/evidence-wire.ts'
import type { Browser } from '../browser/browser.ts'
import { createBrowser } from '../browser/create-browser.ts'
import { type Finding, incomplete } from '../check/finding.ts'
import { judgeFinding } from '../check/verdict.ts'
import { EndpointMissing, endpointOf } from '../oauth/authorization-server.ts'
import { redactExchanges } from '../report/redaction.ts'
import type { CheckReport } from '../report/report.ts'
import { BudgetSpentError } from '../wire/pace.ts'
import { Unanswered, type Wires } from '../wire/wire.ts'
import { otherPort } from './fill.ts'
import type { ClientProfile } from './profile.ts'
import type { Replay, ReplaySettings } from './replay.ts'
import type { ReplayStep } from './step.ts'
import { REPLAY_STEPS } from './steps/all.ts'

export interface ReplayClient {
  readonly profile: ClientProfile
  readonly settings: ReplaySettings
  readonly wires: Wires
  /** What no report may show. */
  readonly secrets: readonly string[]
  readonly onStep?: (report: CheckReport) => void
}

/** Id of a step of one client, as reports and baselines name it. */
export const stepId = ({ id }: ClientProfile, step: Pick<ReplayStep, 'id'>): string => `${id}-${step.id}`

/**
 * Walks one client through one authorization server.
 * @throws Unanswered when nothing answers the first request
 */
export async function replayClient(options: ReplayClient): Promise<readonly CheckReport[]> {
  const { profile, settings, wires, secrets, onStep } = options
  const relay = createRelay(createEvidenceWire(wires.open()))
  let browser: Browser | undefined
  const replay: Replay = {
    ...settings,
    profile,
    wire: relay,
    port: otherPort(),
    held: {},
    browserFor(server) {
      const endpoint = endpointOf(server, 'authorization_endpoint') ?? server.issuer
      browser ??= createBrowser(relay, { origins: [new URL(server.issuer).origin, new URL(endpoint).origin] })
      return browser
    },
  }
  const reports: CheckReport[] = []
  for (const step of REPLAY_STEPS) {
    const wire = createEvidenceWire(wires.open())
    relay.handTo(wire)
    const finding = await findingOf(step, replay, reports.length === 0)
    const redaction = redactExchanges(wire.exchanges, secrets)
    const report: CheckReport = {
      id: stepId(profile, step),
      title: `${profile.name}: ${step.title}`,
      // No specification asks for it: it is what this client does. Where it comes no further, the step has failed all the same.
      level: 'practice',
      verdict: judgeFinding(finding, 'must'),
      requirement: step.requirement,
      source: profile.sources[0]?.url ?? '',
      detail: redaction.text(finding.detail),
      remedy: step.remedy,
      evidence: redaction.evidence,
    }
    reports.push(report)
    onStep?.(report)
  }
  return reports
}

async function findingOf(step: ReplayStep, replay: Replay, isFirst: boolean): Promise<Finding> {
  try {
    return await step.run(replay)
  } catch (error) {
    if (error instanceof Unmet) return error.finding
    if (error instanceof EndpointMissing) return incomplete(error.message)
    if (error instanceof Unanswered && isFirst) throw error
    if (error instanceof Unanswered || error instanceof BudgetSpentError) return incomplete(error.message)
    // One broken step must not take the other clients with it, nor accuse the server.
    return incomplete(`the step itself broke: ${error instanceof Error ? error.message : String(error)}`)
  }
}
