import { createHostileIssuer } from '../issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import type { LiveOptions } from '../live/live-options.ts'
import { openRealTokens } from '../live/open-real-tokens.ts'
import type { Report } from '../report/report.ts'
import { requirementsById } from '../requirements/requirements.ts'
import { type ExamineServer, examineServer, UnreachableError } from '../run/examine-server.ts'
import { fillPlaceholders, portOf, type StartFacts } from '../start/placeholders.ts'
import { StartError, type StartedServer, startServer } from '../start/started-server.ts'
import type { Pace } from '../wire/pace.ts'
import type { Console } from './console.ts'
import type { ServerOptions } from './server-options.ts'
import { UsageError } from './usage-error.ts'
import { USER_AGENT } from './version.ts'

/** What `server` was asked to do, with the sign-in for real tokens. */
export type ServerRun = ServerOptions & { readonly login: LiveOptions | undefined }

/** What a run has of others: the pace of a host that several speak to, and whom the operator believes. */
export interface Surroundings {
  readonly pace?: Pace | undefined
  /** PEM of private roots. */
  readonly roots?: readonly string[] | undefined
}

/**
 * Sets up whom the server trusts, and the server where it is to be started; runs; takes everything down again.
 * @throws UsageError when the issuer's port is taken
 * @throws UnreachableError when the server does not start or does not answer
 */
export async function runProfile(
  options: ServerRun,
  checks: ExamineServer['checks'],
  console: Console,
  around: Surroundings,
): Promise<Report> {
  if (options.profile === 'live') return examine(options, checks, undefined, console, around)
  const issuer = await openIssuer(options.issuerPort)
  try {
    const { start } = options
    const run = (): Promise<Report> => examine(options, checks, issuer, console, around)
    return await (start === undefined ? run() : withStarted(options, start, issuer, { console, around, run }))
  } finally {
    await issuer.close()
  }
}

function examine(
  { login, ...options }: ServerRun,
  checks: ExamineServer['checks'],
  issuer: HostileIssuer | undefined,
  console: Console,
  { pace, roots }: Surroundings,
): Promise<Report> {
  return examineServer({
    ...options,
    hostPace: pace,
    ca: roots,
    issuer,
    openTokens: login && ((wire, target) => openRealTokens(wire, login, target)),
    checks,
    requirements: requirementsById,
    userAgent: USER_AGENT,
    onNote: console.err,
    onResult: ({ verdict, id }, done, all) => console.err(`[${done}/${all}] ${verdict.padEnd(14)} ${id}`),
  })
}

async function openIssuer(port: number): Promise<HostileIssuer> {
  try {
    return await createHostileIssuer({ port })
  } catch (error) {
    throw new UsageError(`the examiner's issuer cannot listen on port ${port}: ${messageOf(error)}`)
  }
}

async function withStarted(
  { url, audience = url }: ServerOptions,
  { command, env, timeoutMs }: NonNullable<ServerOptions['start']>,
  { issuer }: HostileIssuer,
  { console, around, run }: { console: Console; around: Surroundings; run: () => Promise<Report> },
): Promise<Report> {
  const facts: StartFacts = { issuer, audience, url, port: portOf(url) }
  const fill = (text: string): string => fillPlaceholders(text, facts)
  const filled = Object.entries(env).map(([name, value]) => [name, fill(value)] as const)
  console.err(`starting: ${fill(command)}`)
  let started: StartedServer | undefined
  let forget: () => void = () => undefined
  try {
    started = await startServer({
      command: fill(command),
      env: Object.fromEntries(filled),
      url,
      timeoutMs,
      ca: around.roots,
    })
    forget = console.onInterrupt(started.kill)
    await started.untilItAnswers()
    return await run()
  } catch (error) {
    throw error instanceof StartError ? new UnreachableError(error.message) : error
  } finally {
    await started?.stop()
    forget()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
