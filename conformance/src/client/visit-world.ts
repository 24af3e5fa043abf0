import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Revision } from '../mcp/revision.ts'
import { createBrowserShim } from './drive/browser-shim.ts'
import type { Driver } from './drive/drive.ts'
import type { WorldChange } from './world/behaviours.ts'
import { openWorld } from './world/open-world.ts'
import type { Ending, Visit } from './world/record.ts'

/** Until a client that has sent something, and sends nothing more, is taken to have finished. */
export const QUIET_MS = 5_000
/** A machine that was held up for so long has read nothing meanwhile: what came in is read first. */
const HELD_UP_MS = 1_000
/** A whole flow with two sign-ins needs some thirty. */
export const MAX_REQUESTS = 150
/** Clients of the official suite look here for the flow they are to try. */
const OFFICIAL_SCENARIO = 'auth/metadata-default'

export interface VisitLimits {
  /** Of one run of the client. */
  readonly timeoutMs: number
  readonly quietMs: number
}

/**
 * Sends the client into a world and waits until it has finished there.
 * @throws NotStartedError
 */
export async function visitWorld(
  change: WorldChange,
  drive: Driver,
  limits: VisitLimits,
  spec: Revision | undefined,
): Promise<Visit> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-examine-'))
  const canary = join(folder, 'canary')
  const watchdog = createWatchdog(limits)
  const world = await openWorld(change, canary, watchdog.onRequest)
  const browser = await createBrowserShim(folder)
  const env = {
    ...browser.env,
    MCP_SERVER_URL: world.server,
    MCP_CONFORMANCE_SCENARIO: change.official ?? OFFICIAL_SCENARIO,
    ...(spec === undefined ? {} : { MCP_CONFORMANCE_PROTOCOL_VERSION: spec }),
  }
  try {
    const { exitCode, output } = await drive({ url: world.server, env, folder, signal: watchdog.signal })
    const { server, issuer, other, memory, requests } = world
    return {
      world: { server, issuer, other, memory },
      requests: [...requests],
      ending: watchdog.ending() ?? { kind: 'exited', code: exitCode },
      output,
      opened: await browser.opened(),
      canaryTouched: await exists(canary),
    }
  } finally {
    watchdog.stop()
    await world.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Ends a run that lasts too long, has gone quiet, or asks without end. */
function createWatchdog({ timeoutMs, quietMs }: VisitLimits) {
  const over = new AbortController()
  let ending: Ending | undefined
  let count = 0
  const end = (kind: 'quiet' | 'timeout' | 'flood') => (): void => {
    ending ??= { kind }
    over.abort()
  }
  const whole = setTimeout(end('timeout'), timeoutMs)
  let quiet: NodeJS.Timeout | undefined
  return {
    signal: over.signal,
    ending: () => ending,
    onRequest(): void {
      count += 1
      if (count >= MAX_REQUESTS) end('flood')()
      clearTimeout(quiet)
      quiet = setTimeout(() => {
        quiet = setTimeout(end('quiet'), HELD_UP_MS)
      }, quietMs)
    },
    stop(): void {
      clearTimeout(whole)
      clearTimeout(quiet)
    },
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
