import { REVISIONS } from '../mcp/revision.ts'
import { secretsOfClient } from '../oauth/authorization-server.ts'
import type { ClientProfile } from '../quirks/profile.ts'
import type { ReplaySettings } from '../quirks/replay.ts'
import { replayClient } from '../quirks/replay-client.ts'
import type { ExaminedTarget, ManyReport } from '../report/many.ts'
import { type CheckReport, summarise } from '../report/report.ts'
import { createPace } from '../wire/pace.ts'
import { createWires, Unanswered } from '../wire/wire.ts'
import { type RunLimits, UnreachableError } from './examine-server.ts'

/** Clients in service, replayed at one authorization server. */
export interface ReplayClients extends ReplaySettings {
  readonly clients: readonly ClientProfile[]
  /** The budget is one for each client. */
  readonly limits: RunLimits
  readonly userAgent: string
  readonly onStep?: (report: CheckReport) => void
}

/**
 * Replays one client after the other, each with a browser of its own.
 * @returns a report for each client, under its id
 * @throws UnreachableError when the authorization server does not answer at all
 */
export async function replayClients(options: ReplayClients): Promise<ManyReport> {
  const targets: ExaminedTarget[] = []
  for (const profile of options.clients) targets.push(await replayOne(profile, options))
  return { targets }
}

async function replayOne(profile: ClientProfile, options: ReplayClients): Promise<ExaminedTarget> {
  const { clients: _, limits, userAgent, onStep, ...settings } = options
  const pace = createPace({ requestsPerSecond: limits.requestsPerSecond, budget: limits.budget })
  const wires = createWires({ pace, timeoutMs: limits.timeoutMs, userAgent })
  const secrets = [
    ...(settings.person === undefined ? [] : [settings.person.password]),
    ...[...settings.known.values()].flatMap(secretsOfClient),
  ]
  try {
    const checks = await replayClient({
      profile,
      settings,
      wires,
      secrets,
      ...(onStep === undefined ? {} : { onStep }),
    })
    const spec = REVISIONS.at(-1) ?? REVISIONS[0]
    return { name: profile.id, target: settings.issuer, spec, summary: summarise(checks), checks }
  } catch (error) {
    if (error instanceof Unanswered) throw new UnreachableError(error.message)
    throw error
  } finally {
    await wires.close()
  }
}
