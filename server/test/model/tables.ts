import { expect } from 'vitest'
import type { Place } from './ground.ts'
import { FEED_SECONDS } from './measures.ts'
import type { Key, Model } from './model.ts'
import { exchange } from './requests.ts'

/** Where a sequence lies in a database. */
export type Tables = Pick<Place, 'store' | 'accounts' | 'clients' | 'resources'>

/** Holds what lies in the tables after a sequence to what the model says must be there, and nothing else. */
export async function expectTables(model: Model, place: Tables): Promise<void> {
  await expectFamilies(model, place)
  await expectConsents(model, place)
  await expectEvents(model, place)
}

const FAMILIES = {
  name: 'model families',
  text: `SELECT g.id, g.revoked_reason AS ended,
      ARRAY(SELECT json_object_keys(g.scopes) ORDER BY 1) AS scopes,
      (SELECT count(*)::int FROM authorization_codes k WHERE k.grant_id = g.id) AS codes,
      (SELECT count(*)::int FROM authorization_codes k WHERE k.grant_id = g.id AND k.consumed_at IS NOT NULL) AS codes_used,
      (SELECT count(*)::int FROM refresh_tokens t WHERE t.grant_id = g.id) AS tokens,
      (SELECT count(*)::int FROM refresh_tokens t WHERE t.grant_id = g.id AND t.consumed_at IS NULL) AS leaves
    FROM grants g WHERE g.account_id = ANY($1::text[]) ORDER BY g.id`,
}

/** A code brings one family, a family has one leaf (I1, I2); what ended has ended for that reason. */
async function expectFamilies({ grants }: Model, { store, accounts }: Tables): Promise<void> {
  const rows = await store.database.read(FAMILIES, [accounts.map(({ id }) => id)])
  const must = [...grants].map(([id, { held, ended, code, tokens }]) => ({
    id,
    ended: ended?.reason ?? null,
    scopes: [...held.keys()].sort(),
    codes: 1,
    codes_used: code.used ? 1 : 0,
    tokens: tokens.length,
    leaves: tokens.length > 0 ? 1 : 0,
  }))
  expect(byId(rows)).toEqual(byId(must))
}

const CONSENTS = {
  name: 'model consents',
  text: `SELECT account_id, client_id, resource_uri, withdrawn_at IS NOT NULL AS withdrawn,
      ARRAY(SELECT split_part(name, ' ', 1) FROM jsonb_object_keys(scopes) AS name ORDER BY 1) AS scopes
    FROM consents WHERE account_id = ANY($1::text[])`,
}

/** A consent keeps the union of what was said, less what was taken back. */
async function expectConsents({ consents }: Model, place: Tables): Promise<void> {
  const { store, accounts, clients, resources } = place
  const rows = await store.database.read(CONSENTS, [accounts.map(({ id }) => id)])
  const must = consents.map(({ account, client, resource, withdrawn, said }) => ({
    account_id: accounts[account]?.id,
    client_id: clients[client],
    resource_uri: resources[resource]?.uri,
    withdrawn,
    scopes: [...said.keys()].map((name) => name.split(' ')[0]).sort(),
  }))
  expect(sorted(rows)).toEqual(sorted(must))
}

const CONSENT_ID = {
  name: 'model consent id',
  text: 'SELECT id FROM consents WHERE account_id = $1 AND client_id = $2 AND resource_uri = $3',
}

/** The id of the consent of this person to this client at this resource, `none` where there is none. */
export async function consentIdOf(place: Tables, { account, client, resource }: Key): Promise<string> {
  const values = [place.accounts[account]?.id, place.clients[client], place.resources[resource]?.uri]
  const [row] = await place.store.database.read<{ id: string }>(CONSENT_ID, values)
  return row?.id ?? 'none'
}

const EVENTS = {
  name: 'model events',
  text: `SELECT concat_ws(' ', type, grant_id, detail->>'reason', detail->>'scope') AS name, count(*)::int
    FROM audit_events WHERE account_id = ANY($1::text[]) AND type <> 'token.refused' GROUP BY 1`,
}

/** One event for each thing that was issued, given, taken back or ended, and none for what did not happen (I10). */
async function expectEvents({ events }: Model, { store, accounts }: Tables): Promise<void> {
  type Row = { name: string; count: number }
  const rows = await store.database.read<Row>(EVENTS, [accounts.map(({ id }) => id)])
  expect(sorted(rows.map(({ name, count }) => [name, count]))).toEqual(sorted([...events]))
}

/**
 * Every grant that ended within the time asked for, and no other (I3).
 * @param isOurs where other sequences have the same resources
 */
export async function expectFeed(
  { now, grants }: Model,
  { store, resources }: Tables,
  isOurs: (id: string) => boolean = () => true,
): Promise<void> {
  const { grants: listed } = await store.revocations.list(
    resources.map(({ uri }) => uri),
    FEED_SECONDS,
  )
  const must = [...grants].flatMap(([id, { ended, takenBack, narrowedAt }]) => {
    if (now - (ended?.at ?? narrowedAt) >= FEED_SECONDS) return []
    return [{ id, takenBack: ended === undefined ? takenBack : undefined }]
  })
  const told = listed.filter(({ id }) => isOurs(id)).map(({ id, takenBack }) => ({ id, takenBack }))
  expect(byId(told)).toEqual(byId(must))
}

/** Nothing is live under what is dead: an access token can be exchanged where the model says so, and nowhere else. */
export async function expectLiveness(model: Model, place: Place): Promise<void> {
  for (const [id, grant] of model.grants) {
    const outcome = await exchange(place, { id, grant, scopes: [...grant.held.keys()] })
    expect({ id, outcome }).toEqual({ id, outcome: model.isLive(grant) ? 'done' : 'lost' })
  }
}

const sorted = (all: readonly unknown[]): string[] => all.map((each) => JSON.stringify(each)).sort()

function byId<Item>(all: readonly Item[]): Item[] {
  return all.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
