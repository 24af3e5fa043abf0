import { randomBytes } from 'node:crypto'
import { secret } from '../../src/config/secret.ts'
import type { Settings } from '../../src/config/settings.ts'
import { createManagementServer } from '../../src/http/management.ts'
import { hashPassword } from '../../src/store/password.ts'
import { type Chain, startChain } from '../exchange/chain.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'
import { createProofKey, type ProofKey } from '../setup/proof-key.ts'
import { query } from '../setup/state.ts'

/** Two servers on one database, which differ in who may register, and all that stands around them. */
export interface Ground {
  readonly chain: Chain
  readonly open: TestServer
  readonly closed: TestServer
  readonly management: { readonly origin: string }
  readonly host: DocumentHost
  readonly proofKey: ProofKey
  readonly initialToken: string
  readonly basePath: string
  /** People who can sign in, one for each who attacks. */
  readonly logins: readonly string[]
  /** Whoever bends the form that changes it may have changed it. */
  restorePassword(login: string): Promise<void>
  close(): Promise<void>
}

/** An issuer with a path has every spelling of every address that there is. */
const BASE_PATH = '/tenant'

// Each request says that it comes from elsewhere, so that no limit of one source ends the run.
const FROM_ANYWHERE: Partial<Settings> = { trustedProxies: ['127.0.0.0/8'] }

/** A code, and an interaction, live for as long as somebody bends them. */
const LIFETIMES = { codeSeconds: 600 }

/** @param people how many can sign in */
export async function openGround(people: number): Promise<Ground> {
  const host = await startDocumentHost()
  // A host that is no address: there are passkeys.
  const common = { host: 'localhost', egress: host.egress(), path: BASE_PATH, lifetimes: LIFETIMES } as const
  const chain = await startChain({ ...common, settings: FROM_ANYWHERE })
  const { server: open } = chain
  const initialToken = randomBytes(32).toString('base64url')
  const { clients, resources } = open.settings
  const closed = await startTestServer({
    ...common,
    sharing: open,
    settings: {
      ...{ ...FROM_ANYWHERE, mode: 'serve', clients, resources },
      registration: { mode: 'token', initialAccessToken: secret(initialToken) },
    },
  })
  const passwordHash = await hashPassword(PASSWORD)
  const logins = Array.from({ length: people }, (_, at) => `person-${at}`)
  for (const login of logins) await open.store.accounts.add({ login, name: login, passwordHash })
  const management = createManagementServer(
    [{ name: 'database', check: () => open.store.ping().then(() => true) }],
    open.metrics.expose,
  )
  await new Promise<void>((resolve) => management.listen(0, '127.0.0.1', resolve))
  const address = management.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    ...{ chain, open, closed, host, initialToken, basePath: BASE_PATH, logins },
    management: { origin: `http://127.0.0.1:${port}` },
    proofKey: await createProofKey(),
    async restorePassword(login) {
      await open.store.accounts.setPasswordHash(login, passwordHash)
    },
    async close() {
      management.close()
      management.closeAllConnections()
      await closed.close()
      // Clients keep here whatever they like, a proof under another name too.
      await query(open, 'DELETE FROM pushed_requests')
      await open.close()
      await host.close()
    },
  }
}

/** Serves a document that a request names, bent or whole. @param body what is served instead of JSON */
export function serveDocument(host: DocumentHost, url: string, members: unknown, body?: string): void {
  if (body === undefined) host.serve(url, members)
  else host.answer(url, (_req, res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end(body, 'latin1'))
}
