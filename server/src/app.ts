import type { RequestListener, Server } from 'node:http'
import Koa from 'koa'
import { pino } from 'pino'
import { relyingPartyOf } from './config/relying-party.ts'
import type { Settings } from './config/settings.ts'
import { createEgress, type Egress } from './egress/index.ts'
import { issuerAddress, originForm, pinAddress, targetBelowIssuer } from './http/address.ts'
import { createCallerReader } from './http/caller.ts'
import { createCookieJar } from './http/cookie-jar.ts'
import { newCorrelationId } from './http/correlation-id.ts'
import { crossOrigin } from './http/cors.ts'
import { type ConnectionLimits, createDrainingServer } from './http/draining-server.ts'
import { CROSS_ORIGIN_ENDPOINTS, disabledEndpoints, onlyEndpoints } from './http/endpoints.ts'
import { toEngine } from './http/engine.ts'
import { answerFailures, reportBrokenConnections } from './http/failures.ts'
import { refuseForeignHost } from './http/host-check.ts'
import type { InteractionDeps } from './http/interaction/ports.ts'
import { KNOWN_CLIENTS } from './http/known-clients/known-clients.ts'
import { answerBrokenRequests } from './http/limits/broken-requests.ts'
import { refuseManyHeaders } from './http/limits/headers.ts'
import { createRequestLimits } from './http/limits/requests.ts'
import { sourceOf } from './http/limits/source.ts'
import { shedOverload } from './http/limits/under-way.ts'
import { createManagementServer, type ReadinessCheck } from './http/management.ts'
import { pageRoutes } from './http/page-routes.ts'
import { createPages, PAGE_HEADERS, type Pages } from './http/pages/index.ts'
import { canonicalParameters } from './http/parameters.ts'
import { createPasskeyCeremonies } from './http/passkeys/index.ts'
import { answerProbes } from './http/probe.ts'
import { createProxyHints } from './http/proxy-hints.ts'
import { renderRefusal } from './http/refusal-page.ts'
import { refusalsForPeople } from './http/refusals-for-people.ts'
import { countRequests } from './http/request-count.ts'
import { logRequests } from './http/request-log.ts'
import { resourceMetadata } from './http/resource-metadata.ts'
import { createRevocationFeed } from './http/revocations/feed.ts'
import { serveRevocations } from './http/revocations/serve.ts'
import { createSignInTries } from './http/sign-in-tries.ts'
import { createChallenges } from './keys/challenges.ts'
import { type KeyRing, openKeyRing } from './keys/key-ring.ts'
import { createLimitKeys, type LimitKey } from './keys/limit-keys.ts'
import { createProbes } from './keys/probes.ts'
import { createSealer, type Sealer } from './keys/sealing.ts'
import { signStatement } from './keys/sign-statement.ts'
import { createMetrics } from './metrics/index.ts'
import type { Observers } from './metrics/observers.ts'
import { describeChanges, describeClient } from './provider/client-description.ts'
import { type AuthorizationServer, createAuthorizationServer } from './provider/index.ts'
import { syncSettings } from './provider/registered-settings.ts'
import { startHousekeeping } from './store/housekeeping-loop.ts'
import { openStore, type Store } from './store/index.ts'
import { hashPassword, verifyPassword } from './store/password.ts'
import { currentUnit, runUnit } from './store/unit-of-work.ts'

/** A running server. */
export interface RunningServer {
  readonly issuerUrl: string
  /** Takes no new request, finishes those at hand, closes the database. */
  close(): Promise<void>
  /** The same without anybody noticing: `/readyz` says so first, and requests are answered until others have heard it. */
  drain(): Promise<void>
}

/**
 * Opens the store, brings what the settings file registers into it, and listens on the public and the management port.
 * The database must be migrated.
 * @param options.readiness what must answer besides the database before `/readyz` is green
 * @throws the error of the port or of the database; nothing is left open
 */
export async function startServer(
  settings: Settings,
  options: { readiness?: readonly ReadinessCheck[] } = {},
): Promise<RunningServer> {
  const { databaseUrl } = settings
  if (databaseUrl === undefined) throw new TypeError('startServer needs settings with a database URL')
  const log = createLog(settings.logLevel)
  const warn = (message: string): void => log('warn', message)
  const metrics = createMetrics()
  const { observers } = metrics
  const pool = { databaseUrl: databaseUrl.reveal(), poolSize: settings.databasePoolSize }
  const store = openStore({ ...pool, log: warn, observer: observers.store })
  metrics.watchPool(() => store.database.pool())
  metrics.watchProcess()
  const egress = createEgress({ settings: settings.egress, tell: observers.egressEnded })
  const housekeeping = startHousekeeping(store.database, { report: log, removed: observers.rowsRemoved })
  const stops: ((patienceMs: number) => Promise<void>)[] = []
  const close = async (patienceMs = CLOSE_PATIENCE_MS): Promise<void> => {
    // In this order: whoever asks how it is gets an answer until the last request is done.
    for (const stop of stops) await stop(patienceMs)
    await housekeeping.stop()
    await egress.close()
    await store.close()
    metrics.stop()
  }
  try {
    await syncSettings(settings, store)
    const app = await createApp({ settings, store, log, egress, observers })
    const refuse = answerBrokenRequests({ report: log, now: () => performance.now() })
    const main = createDrainingServer(LIMITS, app.handle, refuse)
    const checks = [
      { name: 'accepting', check: async () => !main.isDraining() },
      { name: 'database', check: () => store.ping().then(() => true) },
      ...app.readiness,
    ]
    const management = createManagementServer([...checks, ...(options.readiness ?? [])], metrics.expose)
    await listen(main.server, settings.listen)
    stops.push(main.stop)
    await listen(management, settings.management)
    stops.push(() => closeNow(management))
    const drain = async (): Promise<void> => {
      await main.announceEnd(DRAIN_NOTICE_MS)
      await close(DRAIN_PATIENCE_MS)
    }
    return { issuerUrl: settings.issuer, close: () => close(), drain }
  } catch (error) {
    await close()
    throw error
  }
}

const LIMITS: ConnectionLimits = {
  // Headers past this size are no client's; a request line holds a state and two URLs with room to spare.
  maxHeaderSize: 16_384,
  // Ours to refuse: Node would leave out those past its number.
  maxHeadersCount: 0,
  // Sent in one piece by whoever means it; slow ones hold a connection each, which is all that they want.
  headersTimeout: 10_000,
  // For the whole of it: 56 KiB at 4 KiB a second. No longer than a process that stops waits for requests at hand.
  requestTimeout: 15_000,
  // Half a minute unless said, by which everything above would be late.
  connectionsCheckingInterval: 1_000,
  // Balancers keep a connection for a minute: when we close first, a request is on its way to nobody.
  keepAliveTimeout: 65_000,
  // Room for every stream of revocations and for a proxy's own, below what a process may have open.
  maxConnections: 8_000,
  // A balancer's connection comes to another process now and then, so that a new one is not idle beside old ones.
  maxRequestsPerSocket: 10_000,
}

// Balancers ask every one to five seconds whether a process is ready, and send requests until they have heard that it is not.
const DRAIN_NOTICE_MS = 5_000
// No request takes longer: its statements are given up before. Together with the notice it stays below the 30 seconds after
// which supervisors kill.
const DRAIN_PATIENCE_MS = 15_000
// Whoever pressed Ctrl-C waits for the answers under way and for nothing else.
const CLOSE_PATIENCE_MS = 2_000

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

function closeNow(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeAllConnections()
  return closed
}

const STDERR = 2

function createLog(level: Settings['logLevel']): Log {
  // The result of a command goes to stdout; what the process has to say goes beside it.
  const options = {
    level,
    serializers: { error: pino.stdSerializers.err },
    redact: ['*.authorization', '*.cookie', '*.password'],
  }
  const logger = pino(options, pino.destination(STDERR))
  return (severity, message, detail) => logger[severity](detail ?? {}, message)
}

/** Where the process says what it does; the wire stays generic. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  detail?: Readonly<Record<string, unknown>>,
) => void

/** What answers requests, and what must hold before it takes any. */
export interface App {
  readonly handle: RequestListener
  readonly readiness: readonly ReadinessCheck[]
}

/** The one place that wires. Everything here is handed what it needs; nothing reaches for it. */
export async function createApp(deps: {
  settings: Settings
  store: Store
  log: Log
  egress: Egress
  observers: Observers
  /** Milliseconds on a clock that never goes back, which the counters of this process fill up by. */
  ticks?: () => number
}): Promise<App> {
  const { settings, store, log, egress, observers, ticks = () => performance.now() } = deps
  const address = issuerAddress(settings.issuer)
  const now = (): number => Math.floor(Date.now() / 1000)
  const sealer = createSealer(settings.encryptionKeys)
  const keyRing = await openKeyRing({
    table: store.signingKeys,
    sealer,
    algorithm: settings.signingAlgorithm,
    report: log,
  })
  const limitKey = createLimitKeys(sealer)
  const limits = createRequestLimits({ report: log, now: ticks })
  const { elevationSessionSeconds } = settings.lifetimes
  const pages = createPages({ basePath: address.basePath, elevationSessionSeconds })
  const server = await createAuthorizationServer({
    settings,
    store,
    egress,
    sealer,
    limitKey,
    takeProven: limits.takeProven,
    keyRing,
    now,
    report: log,
    observer: observers.engine,
    basePath: address.basePath,
    renderErrorPage: errorPage(pages, address.host),
  })
  const readCaller = createCallerReader(settings.trustedProxies)
  const watch = createProxyHints({ report: log, https: address.protocol === 'https' })
  const app = new Koa()
  // Without a listener koa writes to stderr, beside the log, whatever a stranger's bytes made the parser say.
  app.on('error', reportBrokenConnections(log))
  app.use((ctx, next) => {
    const correlationId = newCorrelationId()
    ctx.set('X-Correlation-Id', correlationId)
    const callerAddress = readCaller(ctx.req).address
    const cookies = createCookieJar(ctx.req, ctx.res, address.protocol === 'https')
    return runUnit({ correlationId, callerAddress, callerSource: sourceOf(callerAddress), cookies }, next)
  })
  app.use(logRequests(log))
  app.use(countRequests(observers.requestAnswered))
  app.use(answerProbes({ probes: createProbes(sealer), readCaller, watch, now }))
  app.use(refusalsForPeople({ pages, issuerHost: address.host }))
  app.use(answerFailures(log))
  if (settings.mode === 'dev') app.use(refuseForeignHost(address.host))
  app.use(async (ctx, next) => {
    const target = targetBelowIssuer(originForm(ctx.req.url ?? '/'), address.basePath)
    pinAddress(ctx.req, address, target ?? '/outside-of-the-issuer')
    await next()
  })
  app.use(crossOrigin(CROSS_ORIGIN_ENDPOINTS))
  app.use(refuseManyHeaders)
  app.use(shedOverload({ report: log, now: ticks }))
  app.use(limits.bySource)
  app.use(pageRoutes(interactionDeps(deps, server, { pages, now, address, limitKey, sealer })))
  app.use(resourceMetadata(settings.issuer, store.registry))
  app.use(revocationsOf(deps, keyRing))
  app.use(onlyEndpoints(disabledEndpoints(settings.registration.mode)))
  app.use(canonicalParameters(store.registry))
  app.use(limits.byClient)
  app.use(toEngine(server.engine))
  const keys = { name: 'keys', check: async () => (await keyRing.current()) !== undefined && keyRing.isWhole() }
  return { handle: app.callback(), readiness: [keys] }
}

function revocationsOf(
  { settings, store, log, observers }: { settings: Settings; store: Store; log: Log; observers: Observers },
  keyRing: KeyRing,
): Koa.Middleware {
  const { registry, revocations } = store
  const feed = createRevocationFeed({
    ...{ issuer: settings.issuer, registry, revocations },
    tellLag: observers.revocationPublished,
    sign: async (statement) => signStatement(await keyRing.current(), statement),
  })
  return serveRevocations(registry, feed, log)
}

function interactionDeps(
  { settings, store, log }: { settings: Settings; store: Store; log: Log },
  server: AuthorizationServer,
  made: {
    pages: Pages
    now: () => number
    address: { host: string; basePath: string }
    limitKey: LimitKey
    sealer: Sealer
  },
): InteractionDeps {
  const signInTries = createSignInTries({ limits: store.limits, limitKey: made.limitKey })
  const party = relyingPartyOf(settings.issuer)
  return {
    interactions: server.pendingInteractions,
    browserSessions: server.browserSessions,
    describeClient: (client) => describeClient(server, client),
    describeChanges: (versions) => describeChanges(server, versions),
    knownClients: settings.clientDocuments.knownClients ? KNOWN_CLIENTS : [],
    registry: store.registry,
    accounts: store.accounts,
    consents: store.consents,
    consentList: store.consentList,
    sessions: store.sessions,
    database: store.database,
    verifyPassword,
    hashPassword,
    signInTries,
    passkeys: store.passkeys,
    passkeyCeremonies:
      party &&
      createPasskeyCeremonies({
        party,
        challenges: createChallenges(made.sealer, made.now),
        passkeys: store.passkeys,
        signInTries,
        report: log,
      }),
    pages: made.pages,
    issuerHost: made.address.host,
    basePath: made.address.basePath,
    lifetimes: settings.lifetimes,
    privateUseRedirects: settings.privateUseRedirects,
    report: log,
    now: made.now,
  }
}

function errorPage(
  pages: Pages,
  issuerHost: string,
): Parameters<typeof createAuthorizationServer>[0]['renderErrorPage'] {
  return (refusal) => {
    currentUnit().refusedWith = refusal.code
    return { headers: PAGE_HEADERS, body: renderRefusal({ pages, issuerHost }, refusal) }
  }
}
