import { REDIRECT_URI } from '../../live/live-options.ts'
import type { TargetReport } from '../../report/many.ts'
import { redactExchanges } from '../../report/redaction.ts'
import type { Report } from '../../report/report.ts'
import { portOf } from '../../start/placeholders.ts'
import type { Pace } from '../../wire/pace.ts'
import { createHostPaces } from '../../wire/shared-pace.ts'
import type { Console } from '../console.ts'
import { runProfile } from '../server-profile.ts'
import type { Target } from './target.ts'

/** Four runs are watched easily, and need little of the machine that they run on. */
export const DEFAULT_AT_ONCE = 4

export interface RunTargets {
  readonly targets: readonly Target[]
  readonly atOnce: number
  readonly console: Console
  /** Called as each target is finished. */
  readonly onFinished: (target: Target, report: TargetReport) => Promise<void>
}

/**
 * Runs some targets at a time, in their order. Targets on one host share its pace, and those that need the same port of
 * this machine wait for each other.
 */
export async function runTargets({ targets, atOnce, console, onFinished }: RunTargets): Promise<void> {
  const paces = createHostPaces(targets.map(({ options }) => [hostOf(options.url), options.limits.requestsPerSecond]))
  const waiting = [...targets]
  const running = new Map<Target, Promise<void>>()
  while (waiting.length > 0 || running.size > 0) {
    const next = running.size < atOnce ? waiting.find((target) => canStart(target, [...running.keys()])) : undefined
    if (next === undefined) {
      await Promise.race(running.values())
      continue
    }
    waiting.splice(waiting.indexOf(next), 1)
    // A server that the examiner starts is a process of its own, whatever address it shares.
    const pace = next.options.start === undefined ? paces.paceOf(hostOf(next.options.url)) : undefined
    const run = runTarget(next, pace, console)
      .then((report) => onFinished(next, report))
      .finally(() => running.delete(next))
    running.set(next, run)
  }
}

/** What breaks at one target is said of that target, and stops no other. */
async function runTarget(target: Target, pace: Pace | undefined, console: Console): Promise<TargetReport> {
  const { name, checks, options, roots, url } = target
  const prefixed = { ...console, err: (lines: string) => console.err(lines.replace(/^/gm, () => `${name}: `)) }
  try {
    const login = target.login && { ...target.login, tell: prefixed.err }
    const report = await runProfile({ ...(await target.optionsNow()), login }, checks, prefixed, { pace, roots })
    return named(name, report)
  } catch (error) {
    // It may hold the last words of a server that was started, and stands in reports.
    const { text } = redactExchanges([], options.token === undefined ? [] : [options.token])
    const why = text(error instanceof Error ? error.message : String(error))
    prefixed.err(`could not be examined: ${why}`)
    return { name, target: url, unreachable: why }
  }
}

function named(name: string, report: Report): TargetReport {
  return { name, ...report }
}

function canStart(target: Target, running: readonly Target[]): boolean {
  const taken = running.flatMap(portsOf)
  return portsOf(target).every((port) => !taken.includes(port))
}

/** Ports of this machine that nobody else can have meanwhile. */
function portsOf({ options, login, url }: Target): readonly string[] {
  const ofIssuer = options.issuerPort === 0 ? [] : [String(options.issuerPort)]
  const { port: downstream = 0 } = options.downstream ?? {}
  const ofDownstream = downstream === 0 ? [] : [String(downstream)]
  const ofServer = options.start === undefined || url.includes('{port}') ? [] : [portOf(url)]
  const redirectUri = login?.login.way === 'browser' ? (login.client?.redirectUri ?? REDIRECT_URI) : undefined
  const ofLogin = redirectUri === undefined ? [] : [new URL(redirectUri).port]
  return [...ofIssuer, ...ofDownstream, ...ofServer, ...ofLogin]
}

const hostOf = (url: string): string => new URL(url).hostname
