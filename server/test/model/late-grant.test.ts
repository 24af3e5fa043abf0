import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hashId } from '../../src/store/id-hash.ts'
import { query } from '../setup/state.ts'
import { type Ground, openGround, type Place } from './ground.ts'
import { TOOLS } from './measures.ts'
import { Model } from './model.ts'
import { authorize, type Open, presentCode, send } from './requests.ts'
import { FIRST_YES, OTHER_YES } from './steps-people.ts'

const SCOPE = 'mcp:issue:create'

let ground: Ground
let blocker: pg.Client
let place: Place
let open: Open
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground.close())

beforeEach(async () => {
  place = await ground.begin(60)
  await say(FIRST_YES)
  open = await authorizeAgain()
  blocker = new pg.Client({ connectionString: ground.databaseUrl })
  await blocker.connect()
})
afterEach(() => blocker.end())

async function authorizeAgain(): Promise<Open> {
  const { id: accountId = '' } = place.accounts[0] ?? {}
  const asked = await authorize(place, {
    accountId,
    clientId: clientId(),
    resourceUri: resource().uri,
    sessionUid: `${accountId} 0`,
    scopes: ['mcp:issue:read', SCOPE],
    interaction: undefined,
  })
  if (asked === undefined) throw new Error('the authorization was refused')
  return asked
}

/** Somebody agrees, as in the sequences of the model. */
const say = (yes: typeof FIRST_YES): Promise<void> =>
  yes.run({ model: new Model(60), pending: [] }, { place, open: [], outcomes: new Map() })

/** Holds `write` in its middle, by what another transaction wrote, while `change` is sent; then lets both go on. */
async function whileHeld<Written, Result>(
  blocking: { readonly text: string; readonly values: readonly unknown[] },
  write: () => Promise<Written>,
  change: () => Promise<Result>,
): Promise<{ readonly written: Written; readonly changed: Result }> {
  await blocker.query('BEGIN')
  await blocker.query(blocking.text, [...blocking.values])
  const writing = write()
  await waiting(1)
  const changing = change()
  await waiting(2)
  await blocker.query('ROLLBACK')
  return { written: await writing, changed: await changing }
}

/** Sends `change` in the middle of the statement that writes the grant. */
async function whileBeingWritten<Result>(change: () => Promise<Result>): Promise<Result> {
  const columns = 'consent_id, account_id, client_id, resource_uri, scopes, refreshable, created_at, expires_at'
  const { id, consentId } = open.unit.grant ?? {}
  const text = `INSERT INTO grants (id, ${columns})
    SELECT $1, id, account_id, client_id, resource_uri, '{}', true, now(), now() FROM consents WHERE id = $2`
  const { written, changed } = await whileHeld({ text, values: [id, consentId] }, () => send(place, open), change)
  expect(written).toBe('done')
  return changed
}

/** The same of the statement that writes the consent, that of the other person, who said nothing before. */
async function whileBeingGiven<Result>(change: () => Promise<Result>): Promise<Result> {
  const text = `INSERT INTO consents (id, account_id, client_id, resource_uri, scopes, sites, created_at, updated_at)
    VALUES ('held', $1, $2, $3, '{}', '{}', now(), now())`
  const values = [place.accounts[1]?.id, place.clients[0], place.resources[0]?.uri]
  return (await whileHeld({ text, values }, () => say(OTHER_YES), change)).changed
}

/** Returns when so many statements wait for a lock. */
async function waiting(count: number): Promise<void> {
  const text = `SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  await expect.poll(async () => (await query(ground, text))[0]?.count, { timeout: 20_000 }).toBe(count)
}

const consentId = (): string => open.unit.grant?.consentId ?? ''
const present = () =>
  presentCode(place, { code: open.unit.code?.code ?? '', clientId: place.clients[0] ?? '', proof: undefined })

const clientId = (): string => place.clients[0] ?? ''
const resource = () => {
  const { id = '', uri = '' } = place.resources[0] ?? {}
  return { id, uri, name: id, aliases: [], tools: TOOLS, accessTokenSeconds: undefined, source: 'cli' } as const
}
/** Why the grant ended. */
const endOf = async (): Promise<unknown> =>
  (await query(ground, 'SELECT revoked_reason FROM grants WHERE id = $1', [open.unit.grant?.id]))[0]?.revoked_reason

const REMOVALS = [
  {
    what: 'client',
    reason: 'client-removed',
    remove: (): Promise<string> => place.store.clients.remove(clientId()),
    vanish: () => query(ground, 'DELETE FROM clients WHERE id = $1', [clientId()]),
    comeBack: () => place.store.clients.add({ id: clientId(), source: 'cli', metadata: {} }),
  },
  {
    what: 'client of the settings file',
    reason: 'client-removed',
    remove: async (): Promise<string> => {
      await query(ground, "UPDATE clients SET source = 'settings' WHERE id = $1", [clientId()])
      return (await place.store.clients.replaceSettings([])).ok ? 'removed' : ''
    },
    vanish: () => query(ground, 'DELETE FROM clients WHERE id = $1', [clientId()]),
    comeBack: () => place.store.clients.replaceSettings([{ id: clientId(), metadata: {} }]),
  },
  {
    what: 'client that whoever registered it manages',
    reason: 'client-removed',
    remove: async (): Promise<string> => {
      await query(ground, 'UPDATE clients SET management_hash = $2 WHERE id = $1', [clientId(), hashId('token')])
      return (await place.store.managedClients.remove({ id: clientId(), token: 'token' }, 'late')) ? 'removed' : ''
    },
    vanish: () => query(ground, 'DELETE FROM clients WHERE id = $1', [clientId()]),
    comeBack: () => place.store.clients.add({ id: clientId(), source: 'cli', metadata: {} }),
  },
  {
    what: 'resource',
    reason: 'resource-removed',
    remove: (): Promise<string> => place.store.resources.remove(resource().id),
    vanish: () => query(ground, 'DELETE FROM resources WHERE id = $1', [resource().id]),
    comeBack: () => place.store.resources.add({ ...resource(), id: `${resource().id}-again` }),
  },
  {
    what: 'resource of the settings file',
    reason: 'resource-removed',
    remove: async (): Promise<string> => {
      await query(ground, "UPDATE resources SET source = 'settings' WHERE id = $1", [resource().id])
      return (await place.store.resources.replaceSettings([])).ok ? 'removed' : ''
    },
    vanish: () => query(ground, 'DELETE FROM resources WHERE id = $1', [resource().id]),
    comeBack: () => place.store.resources.replaceSettings([{ ...resource(), source: 'settings' }]),
  },
]

describe('a grant that is being written', () => {
  it('while one of its permissions is taken back does not keep it (I3, I6)', async () => {
    const accountId = place.accounts[0]?.id ?? ''
    const takeBack = () => place.store.consentList.takeBack({ consentId: consentId(), accountId, scope: SCOPE })
    expect(await whileBeingWritten(takeBack)).toBe(true)
    expect((await present())?.scopes).toEqual(['mcp:issue:read'])
  })

  it('while its consent is withdrawn has ended, and does not come back with the next yes (I3)', async () => {
    const withdraw = () => place.store.consentList.withdraw({ consentId: consentId() })
    expect(await whileBeingWritten(withdraw)).toEqual({ consents: 1, grants: 1 })
    await say(FIRST_YES)
    expect(await present()).toBeUndefined()
  })

  it('while its account is disabled has ended', async () => {
    const { login = '' } = place.accounts[0] ?? {}
    expect(await whileBeingWritten(() => place.store.accounts.disable(login))).toBe(true)
    expect(await endOf()).toBe('account-disabled')
  })

  it.each(REMOVALS)(
    'while its $what is removed has ended, and another of that name brings nothing back (I3)',
    async (each) => {
      expect(await whileBeingWritten(each.remove)).toMatch(/removed|ended/)
      expect(await endOf()).toBe(each.reason)
      await each.comeBack()
      await say(FIRST_YES)
      expect(await present()).toBeUndefined()
    },
  )

  it('while the document of its client is gone has ended', async () => {
    const [url, digest] = [clientId(), 'of the version']
    const { askedAt } = await place.store.clientDocuments.look(url)
    const version = { digest, metadata: {} }
    await place.store.clientDocuments.keep({ url, version, etag: undefined, freshSeconds: 60, askedAt })
    await query(ground, 'UPDATE consents SET client_digest = $1 WHERE client_id = $2', [digest, url])
    await query(ground, 'DELETE FROM clients WHERE id = $1', [url])
    open = await authorizeAgain()
    expect(await whileBeingWritten(() => place.store.clientDocuments.end(url, 'client-document-gone'))).toBe('ended')
    expect(await endOf()).toBe('client-document-gone')
  })

  it('while its resource moves to another identifier has ended', async () => {
    const moved = { ...resource(), uri: `${place.resources[0]?.uri}/moved` }
    expect(await whileBeingWritten(() => place.store.resources.put(moved))).toEqual({ ok: true })
    expect(await endOf()).toBe('resource-removed')
  })
})

describe('a consent that is being given', () => {
  it.each(REMOVALS)('while the $what is removed is not found by another of that name', async (each) => {
    expect(await whileBeingGiven(each.remove)).toMatch(/removed|ended/)
    await each.comeBack()
    const key = { accountId: place.accounts[1]?.id ?? '', clientId: clientId(), resourceUri: resource().uri }
    expect((await place.store.consents.findWithAccount(key))?.consent).toBeUndefined()
  })
})

describe('a name that is given again', () => {
  it.each(REMOVALS)(
    'brings nothing back where a process ended before it was through with removing a $what',
    async (each) => {
      expect(await send(place, open)).toBe('done')
      await each.vanish()
      await each.comeBack()
      expect(await endOf()).toBe(each.reason)
      await say(FIRST_YES)
      expect(await present()).toBeUndefined()
    },
  )
})
