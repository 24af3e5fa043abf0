import type { FixtureSettings, RunningFixture } from '../../fixtures/sound/plain/plain-server.ts'
import { createDownstream } from '../../src/downstream/downstream.ts'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../src/issuer/hostile-issuer.ts'
import type { Report } from '../../src/report/report.ts'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { examineServer } from '../../src/run/examine-server.ts'
import { createServerChecks } from '../../src/server/checks.ts'
import { createShortWaits } from './short-waits.ts'

/** Nobody is disturbed by a fast run at a server of our own in this process. */
const REQUESTS_PER_SECOND = 100_000
const BUDGET = 1_000
const TIMEOUT_MS = 5_000

export interface Examined {
  readonly report: Report
  readonly server: RunningFixture
  readonly issuer: HostileIssuer
}

export interface ExamineFixture {
  /** Tools that may be called. */
  readonly calls?: readonly string[]
  readonly readOnlyTools?: boolean
  /** Whether it runs what waits and what sends many requests, too. */
  readonly slow?: boolean
  /** Whether the tool that reaches a downstream may be called. */
  readonly reachesDownstream?: boolean
}

/** The tool of every fixture that asks the service behind it. */
const DOWNSTREAM_CALL = { tool: 'archive_read', args: {} }

/** Starts a server that trusts a hostile issuer, and runs every check at it, as the profile `started` does. */
export async function examineFixture(
  start: (settings: FixtureSettings) => Promise<RunningFixture>,
  options: ExamineFixture = {},
): Promise<Examined> {
  const issuer = await createHostileIssuer()
  const service = await createDownstream()
  const { now, waits } = createShortWaits()
  const server = await start({ issuer: issuer.issuer, port: 0, downstream: service.url, clock: now })
  try {
    const report = await examineServer({
      url: server.url,
      profile: 'started',
      issuer,
      token: undefined,
      spec: undefined,
      scopes: [],
      audience: undefined,
      allowedCalls: (options.calls ?? []).map((tool) => ({ tool, args: {} })),
      downstream: {
        service,
        audience: service.url,
        calls: options.reachesDownstream === true ? [DOWNSTREAM_CALL] : [],
      },
      tools: options.readOnlyTools === true ? 'read-only' : 'none',
      permissions: new Set(options.slow === true ? ['slow', 'stress'] : []),
      checks: createServerChecks(waits),
      requirements: requirementsById,
      limits: { requestsPerSecond: REQUESTS_PER_SECOND, budget: BUDGET, timeoutMs: TIMEOUT_MS },
      userAgent: 'sallyport-examine/test',
    })
    return { report, server, issuer }
  } finally {
    await server.close()
    await service.close()
    await issuer.close()
  }
}
