import type { ClientSettings } from '../../fixtures/clients/plain/plain-client.ts'
import { clientChecks } from '../../src/client/checks.ts'
import type { Driver } from '../../src/client/drive/drive.ts'
import type { Revision } from '../../src/mcp/revision.ts'
import type { Report } from '../../src/report/report.ts'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { examineClient } from '../../src/run/examine-client.ts'

const TIMEOUT_MS = 30_000
/** No client of ours rests between two requests; the browser of one starts a process. */
const QUIET_MS = 5_000

/** Runs every check at a client that is a function of this process. */
export function examineFunction(
  run: (settings: ClientSettings) => Promise<void>,
  options: { readonly spec?: Revision; readonly only?: readonly string[] } = {},
): Promise<Report> {
  const { spec, only } = options
  return examineClient({
    target: 'a client of this process',
    drive: asDriver(run),
    spec,
    checks: clientChecks.filter(({ id }) => only === undefined || only.includes(id)),
    requirements: requirementsById,
    limits: { timeoutMs: TIMEOUT_MS, quietMs: QUIET_MS },
  })
}

/** What a client throws is the last it writes, as where it is a process. */
export function asDriver(run: (settings: ClientSettings) => Promise<void>): Driver {
  return async ({ url, env, signal }) => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => resolve())
    try {
      await Promise.race([run({ url, env }), aborted])
      return { exitCode: 0, output: '' }
    } catch (error) {
      return { exitCode: 1, output: error instanceof Error ? error.message : String(error) }
    }
  }
}
