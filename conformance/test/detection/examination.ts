import type { FixtureSettings, RunningFixture } from '../../fixtures/sound/plain/plain-server.ts'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../src/issuer/hostile-issuer.ts'
import type { Report } from '../../src/report/report.ts'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { examineServer } from '../../src/run/examine-server.ts'
import { serverChecks } from '../../src/server/checks.ts'

/** Nobody is disturbed by a fast run at a server of our own in this process. */
const REQUESTS_PER_SECOND = 100_000
const BUDGET = 1_000
const TIMEOUT_MS = 5_000

export interface Examined {
  readonly report: Report
  readonly server: RunningFixture
  readonly issuer: HostileIssuer
}

/** Starts a server that trusts a hostile issuer, and runs every check at it, as the profile `started` does. */
export async function examineFixture(
  start: (settings: FixtureSettings) => Promise<RunningFixture>,
  options: { readonly calls?: readonly string[]; readonly readOnlyTools?: boolean } = {},
): Promise<Examined> {
  const issuer = await createHostileIssuer()
  const server = await start({ issuer: issuer.issuer, port: 0 })
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
      tools: options.readOnlyTools === true ? 'read-only' : 'none',
      permissions: new Set(),
      checks: serverChecks,
      requirements: requirementsById,
      limits: { requestsPerSecond: REQUESTS_PER_SECOND, budget: BUDGET, timeoutMs: TIMEOUT_MS },
      userAgent: 'sallyport-examine/test',
    })
    return { report, server, issuer }
  } finally {
    await server.close()
    await issuer.close()
  }
}
