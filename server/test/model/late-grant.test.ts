import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { query } from '../setup/state.ts'
import { type Ground, openGround, type Place } from './ground.ts'
import { Model } from './model.ts'
import { authorize, type Open, presentCode, send } from './requests.ts'
import { FIRST_YES } from './steps-people.ts'

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
  await FIRST_YES.run({ model: new Model(60), pending: [] }, { place, open: [], outcomes: new Map() })
  const [account, clientId, resource] = [place.accounts[0], place.clients[0], place.resources[0]]
  const asked = await authorize(place, {
    accountId: account?.id ?? '',
    clientId: clientId ?? '',
    resourceUri: resource?.uri ?? '',
    sessionUid: `${account?.id} 0`,
    scopes: ['mcp:issue:read', SCOPE],
    interaction: undefined,
  })
  if (asked === undefined) throw new Error('the authorization was refused')
  open = asked
  blocker = new pg.Client({ connectionString: ground.databaseUrl })
  await blocker.connect()
})
afterEach(() => blocker.end())

/** Holds the statement that writes the grant in its middle while `change` is sent, then lets both go on. */
async function whileBeingWritten<Result>(change: () => Promise<Result>): Promise<Result> {
  await blocker.query('BEGIN')
  const columns = 'consent_id, account_id, client_id, resource_uri, scopes, refreshable, created_at, expires_at'
  const { id, consentId } = open.unit.grant ?? {}
  await blocker.query(
    `INSERT INTO grants (id, ${columns}) SELECT $1, id, account_id, client_id, resource_uri, '{}', true, now(), now()
      FROM consents WHERE id = $2`,
    [id, consentId],
  )
  const writing = send(place, open)
  await waiting(1)
  const changing = change()
  await waiting(2)
  await blocker.query('ROLLBACK')
  expect(await writing).toBe('done')
  return changing
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
    await FIRST_YES.run({ model: new Model(60), pending: [] }, { place, open: [], outcomes: new Map() })
    expect(await present()).toBeUndefined()
  })
})
