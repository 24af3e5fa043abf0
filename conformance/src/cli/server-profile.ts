import { createDownstream } from '../downstream/downstream.ts'
import { createHostileIssuer } from '../issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import type { LiveOptions } from '../live/live-options.ts'
import { openRealTokens } from '../live/open-real-tokens.ts'
import type { Report } from '../report/report.ts'
import { requirementsById } from '../requirements/requirements.ts'
import { type ExamineServer, examineServer, UnreachableError } from '../run/examine-server.ts'
import type { DownstreamPart } from '../server/subject.ts'
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
  const issuer = options.profile === 'live' ? undefined : await openIssuer(options.issuerPort)
  try {
    return await withDownstream(options, async (downstream) => {
      const { start } = options
      const run = (): Promise<Report> => examine({ ...options, issuer, downstream }, checks, console, around)
      if (start === undefined || issuer === undefined) return run()
      const facts = { issuer: issuer.issuer, downstream: downstream?.service.url }
      return withStarted(options, start, facts, { console, around, run })
    })
  } finally {
    await issuer?.close()
  }
}

/** Runs with the service that the server calls, where one was asked for. */
async function withDownstream(
  { downstream }: ServerOptions,
  run: (downstream: DownstreamPart | undefined) => Promise<Report>,
): Promise<Report> {
  if (downstream === undefined) return run(undefined)
  const { port, audience, calls } = downstream
  const service = await opened(`downstream cannot listen on port ${port}`, () => createDownstream({ port }))
  try {
    return await run({ service, audience: audience ?? service.url, calls })
  } finally {
    await service.close()
  }
}

function examine(
  { login, ...options }: Omit<ServerRun, 'downstream'> & Pick<ExamineServer, 'issuer' | 'downstream'>,
  checks: ExamineServer['checks'],
  console: Console,
  { pace, roots }: Surroundings,
): Promise<Report> {
  return examineServer({
    ...options,
    hostPace: pace,
    ca: roots,
    openTokens: login && ((wire, target) => openRealTokens(wire, login, target)),
    checks,
    requirements: requirementsById,
    userAgent: USER_AGENT,
    onNote: console.err,
    onResult: ({ verdict, id }, done, all) => console.err(`[${done}/${all}] ${verdict.padEnd(14)} ${id}`),
  })
}

function openIssuer(port: number): Promise<HostileIssuer> {
  return opened(`issuer cannot listen on port ${port}`, () => createHostileIssuer({ port }))
}

async function opened<Service>(failure: string, open: () => Promise<Service>): Promise<Service> {
  try {
    return await open()
  } catch (error) {
    throw new UsageError(`the examiner's ${failure}: ${messageOf(error)}`)
  }
}

async function withStarted(
  { url, audience = url }: ServerOptions,
  { command, env, timeoutMs }: NonNullable<ServerOptions['start']>,
  ours: Pick<StartFacts, 'issuer' | 'downstream'>,
  { console, around, run }: { console: Console; around: Surroundings; run: () => Promise<Report> },
): Promise<Report> {
  const facts: StartFacts = { ...ours, audience, url, port: portOf(url) }
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
