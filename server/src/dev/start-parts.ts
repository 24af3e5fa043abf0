import { startServer } from '../app.ts'
import { secret } from '../config/secret.ts'
import type { Settings } from '../config/settings.ts'
import { createEgress } from '../egress/index.ts'
import type { ClientKey } from '../keys/client-key.ts'
import { migrateDatabase, openStore } from '../store/index.ts'
import { demoClientKey } from './demo-client-key.ts'
import { demoClient, registerDemo } from './demo-registry.ts'
import { type DemoServer, startDemoServer } from './demo-server.ts'
import { ensureDemoUsers } from './demo-users.ts'
import { withDevelopmentSecrets } from './development-secrets.ts'
import { type DownstreamApi, startDownstreamApi } from './downstream-api.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import type { PartStack } from './part-stack.ts'
import { postgresFolderOf } from './postgres-folder.ts'
import type { StartedParts } from './start-summary.ts'

interface Start {
  readonly parts: PartStack
  readonly log: (message: string) => void
  /** Aborted when the person has had enough, which is looked at between two parts. */
  readonly signal: AbortSignal
}

/** Requests at hand are answered in less; a connection that says nothing is not waited for. */
const SERVER_PATIENCE_MS = 3_000
/** A fast shutdown, and an immediate one after it when the disk is very slow. */
const POSTGRES_PATIENCE_MS = 70_000

/** Connections for the few statements before the server opens its own. */
const PREPARATION_POOL_SIZE = 1

/**
 * Starts everything of a development start, in order: database, schema, demo data, authorization server, downstream API,
 * demo server.
 *
 * @param given settings of mode `dev`; what they leave open is generated
 * @returns what the summary says
 * @throws StartError and whatever `signal` was aborted with; parts that were started are on the stack
 */
export async function startParts(given: Settings, start: Start): Promise<StartedParts> {
  const { parts, log, signal } = start
  const generated = await withDevelopmentSecrets(given)
  const databaseUrl = given.databaseUrl ?? secret(await startDatabase(given.dataDir, start))
  const settings = { ...generated, databaseUrl }
  signal.throwIfAborted()

  await migrateDatabase(databaseUrl.reveal())
  const key = await demoClientKey(settings.dataDir)
  await prepareDemo(settings, key, databaseUrl.reveal(), log)
  signal.throwIfAborted()

  let demo: DemoServer | undefined
  let downstream: DownstreamApi | undefined
  const readiness = [
    { name: 'demo', check: async () => (await demo?.ready()) ?? false },
    { name: 'downstream', check: async () => (await downstream?.ready()) ?? false },
  ]
  const server = await startServer(settings, { readiness })
  parts.add('the authorization server', { stop: server.close, patienceMs: SERVER_PATIENCE_MS })
  signal.throwIfAborted()

  const startedApi = await startDownstreamApi({ issuer: settings.issuer, port: settings.demo.downstreamPort, log })
  downstream = startedApi
  parts.add('the demo downstream API', { stop: startedApi.close, patienceMs: SERVER_PATIENCE_MS })
  signal.throwIfAborted()

  const egress = createEgress({ settings: settings.egress })
  parts.add('the way out of the demo', { stop: egress.close, patienceMs: SERVER_PATIENCE_MS })
  const startedDemo = await startDemoServer({
    issuer: settings.issuer,
    port: settings.demo.port,
    egress,
    downstream: { url: startedApi.url, client: { id: demoClient(key).id, key: key.privateJwk } },
    log,
  })
  demo = startedDemo
  parts.add('the demo MCP server', { stop: startedDemo.close, patienceMs: SERVER_PATIENCE_MS })
  return {
    issuer: server.issuerUrl,
    demoUrl: startedDemo.url,
    downstreamUrl: startedApi.url,
    managementUrl: `http://${settings.management.host}:${settings.management.port}`,
    database: given.databaseUrl === undefined ? 'embedded PostgreSQL' : 'the one that DATABASE_URL names',
    dataDir: settings.dataDir,
    demoPassword: settings.demo.password.reveal(),
  }
}

async function startDatabase(dataDir: string, { parts, log }: Start): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: postgresFolderOf(dataDir), log })
  parts.add('the embedded PostgreSQL', { stop: postgres.stop, patienceMs: POSTGRES_PATIENCE_MS })
  return postgres.url
}

async function prepareDemo(
  settings: Awaited<ReturnType<typeof withDevelopmentSecrets>>,
  key: ClientKey,
  databaseUrl: string,
  log: (message: string) => void,
): Promise<void> {
  const store = openStore({ databaseUrl, poolSize: PREPARATION_POOL_SIZE, log })
  try {
    await ensureDemoUsers(store.accounts, settings.demo.password)
    await registerDemo(store.resources, settings, key)
  } finally {
    await store.close()
  }
}
