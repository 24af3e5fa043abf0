import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inject } from 'vitest'
import { createApp, type Log } from '../../src/app.ts'
import { SHIPPED_PRIVATE_USE_REDIRECTS } from '../../src/config/redirect-uri.ts'
import { secret } from '../../src/config/secret.ts'
import type { LifetimeSettings, Settings } from '../../src/config/settings.ts'
import { createEgress, type Egress } from '../../src/egress/index.ts'
import { createMetrics, type Metrics } from '../../src/metrics/index.ts'
import { syncSettings } from '../../src/provider/registered-settings.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { hashPassword } from '../../src/store/password.ts'
import { issued, noteFigures, refuseLeaks, searchLog } from '../canary/index.ts'
import { watchServer } from '../canary/watch-server.ts'
import { createTestDatabase } from './database.ts'
import { createHurriedClock } from './hurried-clock.ts'
import { createRefusals } from './refusals.ts'

/** A server inside the test's process, on a database of its own. */
export interface TestServer {
  readonly issuer: string
  readonly origin: string
  readonly settings: Settings
  readonly store: Store
  readonly databaseUrl: string
  readonly metrics: Metrics
  /** What the operator's log was told. */
  readonly logged: { readonly level: string; readonly message: string; readonly detail: unknown }[]
  /** @throws when its log, a refusal of its or its database holds a secret, or a refusal is not as `refusals.ts` says */
  close(): Promise<void>
}

export const PASSWORD = 'correct horse battery staple'
export const RESOURCE = 'http://127.0.0.1:9401/mcp'

/** The tools of the resource under test: one scope of each class that can be granted, and one of each that cannot. */
export const TOOLS = {
  scopes: {
    'mcp:repositories:list': { class: 'discovery', description: 'See the list of repositories' },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
    'mcp:issue:create': { class: 'write', description: 'Create issues' },
    'mcp:branch:delete': { class: 'destructive', description: 'Delete branches' },
  },
  tools: {
    whoami: { class: 'discovery', scopes: [] },
    repositories_list: { scopes: ['mcp:repositories:list'] },
    issue_read: { scopes: ['mcp:issue:read'] },
    issue_create: { scopes: ['mcp:issue:create'] },
    branch_delete: { scopes: ['mcp:branch:delete'] },
  },
}

const LIFETIMES: LifetimeSettings = {
  codeSeconds: 60,
  accessTokenSeconds: 600,
  accessTokenElevatedSeconds: 300,
  refreshIdleSeconds: 30 * 86_400,
  refreshAbsoluteSeconds: 180 * 86_400,
  refreshGraceSeconds: 60,
  signInSessionSeconds: 14 * 86_400,
  elevationSessionSeconds: 8 * 3_600,
  interactionSeconds: 3_600,
}

export interface TestServerOptions {
  /** Path of the issuer, '' or '/tenant'. */
  readonly path?: string
  /** Host of the issuer: by name where passkeys are to be had, which browsers do not make for an IP address. */
  readonly host?: '127.0.0.1' | 'localhost'
  readonly settings?: Partial<Settings>
  readonly lifetimes?: Partial<LifetimeSettings>
  /** The way out; one that nothing was opened for unless given. */
  readonly egress?: Egress
  /** A migrated database of the test's own. */
  readonly databaseUrl?: string
  /** Milliseconds, by which the counters of the process fill up; unless given they are always full: tests are fast. */
  readonly ticks?: () => number
  /** Tables are changed while requests are under way, so that nobody can tell whether a refusal has changed them. */
  readonly changesBeside?: boolean
  /** Another server's, so that two share one database. */
  readonly sharing?: TestServer
}

// Longer than any test pauses: a connection that closes just when a request is sent on it is no finding.
const KEEP_ALIVE_MS = 120_000

/** Documents of everybody; nobody is trusted or denied. */
export const DOCUMENTS_OF_ALL: Settings['clientDocuments'] = {
  mode: 'open',
  trustedHosts: [],
  deniedHosts: [],
  knownClients: true,
}

/** Starts a server with the account `alice` and the resource under test. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const given = options.sharing?.databaseUrl ?? options.databaseUrl
  const database = given === undefined ? await createTestDatabase() : undefined
  const databaseUrl = given ?? database?.url ?? ''
  const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const origin = `http://${options.host ?? '127.0.0.1'}:${(http.address() as AddressInfo).port}`
  const settings = testSettings(options, origin, databaseUrl)
  const metrics = createMetrics()
  const { observers } = metrics
  const store = openStore({ databaseUrl, poolSize: 10, observer: observers.store })
  metrics.watchPool(() => store.database.pool())
  const logged: TestServer['logged'] = []
  // Tests throw away what they are not about.
  const everLogged: TestServer['logged'] = []
  const log: Log = (level, message, detail) => {
    const line = { level, message, detail }
    for (const lines of [logged, everLogged]) lines.push(line)
  }
  if (options.sharing === undefined) await fill(store)
  await syncSettings(settings, store)
  const egress = options.egress ?? createEgress({ settings: settings.egress, tell: observers.egressEnded })
  const { ticks = createHurriedClock() } = options
  learnSettings(settings)
  const leaks: string[] = []
  const refusals = createRefusals(options.changesBeside === true ? undefined : databaseUrl)
  const { handle } = await createApp({ settings, store, log, egress, observers, ticks })
  const searched = watchServer(handle, issued, (leak) => leaks.push(leak))
  http.on('request', refusals.watch(searched))
  return {
    issuer: settings.issuer,
    origin,
    settings,
    store,
    databaseUrl,
    metrics,
    logged,
    async close() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await store.close()
      await refusals.close()
      await database?.drop()
      refuseLeaks([...leaks, ...searchLog([...new Set([...logged, ...everLogged])], inject('canaryReport'))])
      noteFigures(inject('canaryReport'), refusals.judge(everLogged))
    },
  }
}

function learnSettings({ encryptionKeys, cookieKeys, clients, registration }: Settings): void {
  for (const key of [...encryptionKeys, ...cookieKeys]) issued.learn('key of the settings', key.reveal())
  for (const client of clients) if (client.secret !== undefined) issued.learn('client secret', client.secret.reveal())
  if (registration.mode === 'token') issued.learn('initial access token', registration.initialAccessToken.reveal())
  issued.learn('password', PASSWORD)
}

function testSettings(options: TestServerOptions, origin: string, databaseUrl: string): Settings {
  const shared = options.sharing?.settings
  return {
    mode: 'dev',
    issuer: options.sharing?.issuer ?? origin + (options.path ?? ''),
    listen: { host: '127.0.0.1', port: 0 },
    management: { host: '127.0.0.1', port: 0 },
    dataDir: '/nonexistent',
    databaseUrl: secret(databaseUrl),
    databasePoolSize: 10,
    logLevel: 'silent',
    trustedProxies: [],
    encryptionKeys: shared?.encryptionKeys ?? [secret(randomBytes(32).toString('base64'))],
    cookieKeys: shared?.cookieKeys ?? [secret(randomBytes(32).toString('base64'))],
    signingAlgorithm: 'ES256',
    lifetimes: { ...LIFETIMES, ...options.lifetimes },
    registration: { mode: 'open' },
    clientDocuments: DOCUMENTS_OF_ALL,
    dpop: { requireNonce: false },
    pushedRequests: { required: false },
    privateUseRedirects: SHIPPED_PRIVATE_USE_REDIRECTS,
    egress: { allow: [], proxy: undefined, ca: [] },
    resources: [],
    clients: [],
    demo: { port: 0, downstreamPort: 0, password: undefined },
    ...options.settings,
  }
}

async function fill(store: Store): Promise<void> {
  await store.accounts.add({ login: 'alice', name: 'Alice', passwordHash: await hashPassword(PASSWORD) })
  await store.resources.add({
    id: 'demo',
    uri: RESOURCE,
    name: 'Demo',
    aliases: ['http://127.0.0.1:9401/mcp/', 'http://127.0.0.1:9401'],
    tools: TOOLS,
    accessTokenSeconds: undefined,
    source: 'cli',
  })
}
