import { randomBytes } from 'node:crypto'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { hashId } from '../../src/store/id-hash.ts'
import { hashPassword } from '../../src/store/password.ts'
import { PASSWORD, RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Browser, createBrowser } from '../setup/browser.ts'
import type { Authorization, TokenAnswer } from '../setup/flow.ts'
import { registerOneMore } from '../setup/limits.ts'
import { query } from '../setup/state.ts'
import { passing } from './ground.ts'
import { CODE_SECONDS, ELEVATION_SECONDS, FAMILY_SECONDS, IDLE_SECONDS, ONCE_SECONDS, TOOLS } from './measures.ts'
import type { Tables } from './tables.ts'

const OTHER_RESOURCE = 'http://127.0.0.1:9411/mcp'

/** Two servers on one database. */
export interface Servers {
  readonly all: readonly [TestServer, TestServer]
  begin(): Promise<HttpPlace>
  close(): Promise<void>
}

export interface HttpClient {
  readonly id: string
  /** What proves it, beside its id. */
  readonly proof: Readonly<Record<string, string>>
}

/** One authorization, from the client's side, and what it brought so far. */
export interface Issued {
  readonly request: Authorization
  readonly code: string
  readonly refreshTokens: string[]
  readonly accessTokens: string[]
}

/** People, clients and resources of one sequence. */
export interface HttpPlace extends Tables {
  readonly servers: readonly [TestServer, TestServer]
  readonly programs: readonly HttpClient[]
  /** By person, then by machine. */
  readonly browsers: readonly (readonly Browser[])[]
  /** By id of the grant. */
  readonly issued: Map<string, Issued>
  pass(seconds: number): Promise<void>
}

const LIFETIMES = {
  codeSeconds: CODE_SECONDS,
  refreshIdleSeconds: IDLE_SECONDS,
  refreshAbsoluteSeconds: FAMILY_SECONDS,
  elevationSessionSeconds: ELEVATION_SECONDS,
  accessTokenSeconds: ONCE_SECONDS,
  accessTokenElevatedSeconds: ONCE_SECONDS,
}

export async function startServers(): Promise<Servers> {
  const one = await startTestServer({ lifetimes: LIFETIMES, changesBeside: true })
  await query(one, `UPDATE resources SET tools = $1 WHERE id = 'demo'`, [JSON.stringify(TOOLS)])
  const rest = { aliases: [], tools: TOOLS, accessTokenSeconds: undefined, source: 'cli' } as const
  await one.store.resources.add({ id: 'other', uri: OTHER_RESOURCE, name: 'Other', ...rest })
  // In development a server answers to its issuer's own port only, which is the first one's.
  const two = await startTestServer({
    lifetimes: LIFETIMES,
    sharing: one,
    changesBeside: true,
    settings: { mode: 'serve' },
  })
  const passwordHash = await hashPassword(PASSWORD)
  const pass = await passing(one.store)
  let count = 0
  return {
    all: [one, two],
    async begin() {
      count += 1
      // Lanes begin at the same moment.
      const name = `model-${count}`
      const accounts = await addPeople(one, [`alice-${name}`, `bob-${name}`], passwordHash)
      const programs = [await registerPublic(one), await addConfidential(one, `portal-${name}`)]
      return {
        store: one.store,
        servers: [one, two],
        accounts,
        programs,
        clients: programs.map(({ id }) => id),
        resources: [
          { id: 'demo', uri: RESOURCE },
          { id: 'other', uri: OTHER_RESOURCE },
        ],
        browsers: accounts.map(() => [createBrowser(), createBrowser()]),
        issued: new Map(),
        async pass(seconds) {
          await one.store.database.write(pass, [accounts.map(({ id }) => id), seconds])
        },
      }
    },
    async close() {
      await two.close()
      await one.close()
    },
  }
}

function addPeople({ store }: TestServer, logins: readonly string[], passwordHash: string) {
  return Promise.all(
    logins.map(async (login) => {
      const added = await store.accounts.add({ login, name: login, passwordHash })
      if (!added.ok) throw new Error(added.reason)
      return { id: added.account.id, login }
    }),
  )
}

async function registerPublic(server: TestServer): Promise<HttpClient> {
  return { id: await registerOneMore(server), proof: {} }
}

/** The operator's own kind, which proves itself by a secret. */
async function addConfidential({ store }: TestServer, id: string): Promise<HttpClient> {
  const secret = randomBytes(32).toString('base64url')
  const metadata = {
    client_name: 'Test portal',
    redirect_uris: ['http://127.0.0.1/callback'],
    token_endpoint_auth_method: 'client_secret_post',
    client_secret: secret,
  }
  expect(await store.clients.add({ id, source: 'cli', metadata })).toMatchObject({ ok: true })
  return { id, proof: { client_secret: secret } }
}

const GRANT_OF = { name: 'model grant of code', text: 'SELECT grant_id FROM authorization_codes WHERE id_hash = $1' }

export async function grantOf({ store }: HttpPlace, code: string): Promise<string> {
  const [row] = await store.database.read<{ grant_id: string }>(GRANT_OF, [hashId(code)])
  return row?.grant_id ?? ''
}

/** Everything an access token says of its scope and its audience is what the answer and the model say (I6). */
export function expectAccessToken(
  { body }: TokenAnswer,
  must: { gid: string; sub: string; aud: string; clientId: string; scopes: readonly string[] },
): void {
  const { gid, sub, aud, client_id: clientId, scope, iat = 0, exp = 0 } = decodeJwt(String(body.access_token))
  expect({ gid, sub, aud, clientId, scopes: String(scope).split(' ').sort() }).toEqual({
    ...must,
    scopes: [...must.scopes].sort(),
  })
  expect(body.scope).toBe(scope)
  expect(exp - iat).toBeLessThanOrEqual(ONCE_SECONDS)
}
