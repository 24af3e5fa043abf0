import fc from 'fast-check'
import { expect } from 'vitest'
import { findGrant } from '../../src/store/grants.ts'
import type { Permissions } from '../../src/store/permission.ts'
import { abandon } from '../../src/store/unit-of-work.ts'
import { CLASS_OF, DURATIONS, endOf, GRACE_ANSWERS, lastingFor, PASSES, SCOPES } from './measures.ts'
import { type Consent, type Key, type Said, told } from './model.ts'
import { age, exchange, newUnit } from './requests.ts'
import { pickGrant, type Step, step } from './step.ts'
import { hasGrant, interactionOf, key, nth, page, someScopes } from './steps-requests.ts'
import { consentIdOf } from './tables.ts'

function sayYes(
  key: Key,
  scopes: readonly string[],
  { duration, page }: { duration: (typeof DURATIONS)[number]; page: number },
): Step {
  return step(`say yes ${told(key)} ${scopes} ${duration} on page ${page}`, async ({ model }, real) => {
    const interaction = interactionOf(key, page)
    const said = new Map(scopes.map((scope) => [scope, saying(model.now, scope, { duration, interaction })]))
    const { latest = 0 } = model.people[key.account] ?? {}
    const accountId = real.place.accounts[key.account]?.id ?? ''
    const given = await real.place.store.consents.give({
      accountId,
      clientId: real.place.clients[key.client] ?? '',
      resourceUri: real.place.resources[key.resource]?.uri ?? '',
      sessionUid: `${accountId} ${latest}`,
      clientDigest: undefined,
      permissions: permissionsOf(said, model.now, accountId),
      site: undefined,
      event: { type: 'consent.given', outcome: 'allowed', accountId },
      correlationId: 'model',
    })
    expect(given, 'the consent is kept').toBe(model.give(key, latest, said))
  })
}

const giving = fc
  .record({ key, someScopes, duration: fc.constantFrom(...DURATIONS), page: page.map((number) => number ?? 0) })
  .map(({ key, someScopes, duration, page }) => sayYes(key, someScopes, { duration, page }))

function saying(now: number, scope: string, { duration, interaction }: Pick<Said, 'duration' | 'interaction'>): Said {
  const lasts = lastingFor(scope, duration)
  return { duration: lasts, endsAt: endOf(lasts, now), interaction: lasts === 'once' ? interaction : undefined }
}

function permissionsOf(said: ReadonlyMap<string, Said>, now: number, accountId: string): Permissions {
  const clock = Math.floor(Date.now() / 1_000)
  const entries = [...said].map(([scope, { duration, endsAt, interaction }]) => {
    const where = interaction === undefined ? {} : { interaction: `${accountId} ${interaction}` }
    const toolClass = CLASS_OF[scope] ?? 'admin'
    return [scope, { class: toolClass, duration, endsAt: endsAt === null ? null : clock + endsAt - now, ...where }]
  })
  return Object.fromEntries(entries)
}

const passing = fc.constantFrom(...PASSES).map((seconds) =>
  step(`wait ${seconds} s`, async ({ model }, real) => {
    await real.place.pass(seconds)
    for (const open of real.open) age(open, seconds)
    model.now += seconds
  }),
)

const takingBack = fc
  .record({ key, scope: fc.constantFrom(...SCOPES), isTheirs: fc.constantFrom(true, true, true, false) })
  .map(({ key, scope, isTheirs }) =>
    step(
      `take back ${told(key)} ${scope}${isTheirs ? '' : ' as somebody else'}`,
      async ({ model }, real) => {
        const { accounts, store } = real.place
        const consent = model.consentOf(key)
        const accountId = accounts[isTheirs ? key.account : 1 - key.account]?.id ?? ''
        const consentId = await consentIdOf(real.place, key)
        const taken = await store.consentList.takeBack({ consentId, accountId, scope })
        expect(taken, 'taken back').toBe(isTheirs && consent !== undefined && model.takeBack(consent, scope))
      },
      ({ model }) => model.consentOf(key) !== undefined,
    ),
  )

const WAYS = ['a server', 'a client', 'everything', 'a resource by login'] as const

const withdrawing = fc.record({ key, way: fc.constantFrom(...WAYS) }).map(({ key, way }) =>
  step(`withdraw ${way} ${told(key)}`, async ({ model }, real) => {
    const { accounts, clients, resources, store } = real.place
    const { id: accountId = '', login } = accounts[key.account] ?? {}
    const uri = resources[key.resource]?.uri
    const consentId = way === 'a server' && model.consentOf(key) ? await consentIdOf(real.place, key) : 'none'
    const selections = {
      'a server': { consentId, accountId },
      'a client': { clientId: clients[key.client], accountId },
      everything: { accountId },
      'a resource by login': { login, resourceUri: uri },
    }
    const isMeant = (consent: Consent): boolean => {
      if (consent.account !== key.account) return false
      const [client, resource] = [consent.client === key.client, consent.resource === key.resource]
      return { 'a server': client && resource, 'a client': client, everything: true, 'a resource by login': resource }[
        way
      ]
    }
    const counts = await store.consentList.withdraw(selections[way])
    expect(counts).toEqual(model.withdraw('consent-withdrawn', isMeant))
  }),
)

const ENDINGS = ['disable', 'change the password of', 'sign out'] as const

const endingPerson = fc
  .record({ account: fc.constantFrom(0, 0, 1), how: fc.constantFrom(...ENDINGS) })
  .map(({ account, how }) =>
    step(`${how} ${account}`, async ({ model }, { place }) => {
      const { id = '', login = '' } = place.accounts[account] ?? {}
      const person = model.people[account]
      if (person === undefined) throw new Error('there is no such person')
      if (how === 'sign out') await place.store.sessions.endAll(id)
      else if (how === 'disable') expect(await place.store.accounts.disable(login)).toBe(true)
      else expect(await place.store.accounts.setPasswordHash(login, '$argon2id$v=19$another')).toBe(true)
      person.sessions.clear()
      if (how === 'sign out') return
      if (how === 'disable') person.disabled = true
      else person.passwords += 1
      const reason = how === 'disable' ? 'account-disabled' : 'password-changed'
      model.end(reason, ({ consent }) => consent.account === account)
    }),
  )

const endingGrant = fc.record({ nth, byClient: fc.boolean() }).map(({ nth, byClient }) =>
  step(
    `${byClient ? 'the client revokes' : 'the operator ends'} grant ${nth}`,
    async ({ model }, { place }) => {
      const { id, grant } = pickGrant(model, nth)
      if (!byClient) {
        const may = grant.ended === undefined && grant.endsAt > model.now
        expect(await place.store.consentList.endGrant(id)).toBe(may)
        if (may) model.end('revoked-by-operator', (one) => one === grant)
        return
      }
      const unit = await newUnit()
      const { database } = place.store
      if ((await findGrant(database, id)) !== undefined) unit.kills.set(id, 'revoked-by-client')
      await abandon(database, unit)
      if (model.isKnown(grant)) model.end('revoked-by-client', (one) => one === grant)
    },
    hasGrant,
  ),
)

const removing = fc
  .record({ what: fc.constantFrom('client', 'resource'), nth: fc.constantFrom(0, 1) })
  .map(({ what, nth }) =>
    step(`remove ${what} ${nth}`, async ({ model }, { place }) => {
      const party = what === 'client' ? model.clients[nth] : model.resources[nth]
      if (party === undefined) throw new Error('there is no such party')
      const removed =
        what === 'client'
          ? await place.store.clients.remove(place.clients[nth] ?? '')
          : await place.store.resources.remove(place.resources[nth]?.id ?? '')
      expect(removed).toBe(party.there ? 'removed' : 'unknown')
      party.there = false
      const isOf = (each: Key): boolean => (what === 'client' ? each.client : each.resource) === nth
      model.withdraw(what === 'client' ? 'client-removed' : 'resource-removed', isOf)
    }),
  )

const comingBack = fc.constantFrom(0, 1).map((nth) =>
  step(
    `another client ${nth} comes under the same id`,
    async ({ model }, { place }) => {
      const added = await place.store.clients.add({ id: place.clients[nth] ?? '', source: 'cli', metadata: {} })
      expect(added).toMatchObject({ ok: true })
      Object.assign(model.clients[nth] ?? {}, { there: true })
    },
    ({ model }) => model.clients[nth]?.there === false,
  ),
)

const exchanging = fc.record({ nth, scopes: fc.subarray(SCOPES) }).map(({ nth, scopes }) =>
  step(
    `exchange ${scopes} of grant ${nth}`,
    async ({ model }, { place }) => {
      const { id, grant } = pickGrant(model, nth)
      const may = model.isLive(grant) && scopes.every((scope) => grant.held.has(scope))
      expect(await exchange(place, { id, grant, scopes })).toBe(may ? 'done' : 'lost')
    },
    hasGrant,
  ),
)

const ANSWER_OFTEN = {
  name: 'model answer often',
  text: `UPDATE refresh_tokens SET answers = answers + $2 WHERE grant_id = $1 AND consumed_at IS NOT NULL`,
}

/** As if a client had asked that often and always been answered; the tests over HTTP do ask. */
const answering = nth.map((nth) =>
  step(
    `answer repetitions of grant ${nth} up to the last but one`,
    async ({ model }, { place }) => {
      const { id, grant } = pickGrant(model, nth)
      await place.store.database.write(ANSWER_OFTEN, [id, GRACE_ANSWERS - 1])
      for (const token of grant.tokens) if (token.usedAt !== undefined) token.answers += GRACE_ANSWERS - 1
    },
    hasGrant,
  ),
)

/** The first page of a sequence: without a yes there is nothing to attack. */
export const FIRST_YES = sayYes({ account: 0, client: 0, resource: 0 }, SCOPES, { duration: 'until_revoked', page: 0 })

/** The same of the other person. */
export const OTHER_YES = sayYes({ account: 1, client: 0, resource: 0 }, SCOPES, { duration: 'until_revoked', page: 0 })

/** Most of them leave something to go on with. */
export const CHANGES: fc.Arbitrary<Step>[] = [
  ...[giving, giving, giving, passing, passing, passing, takingBack, takingBack, exchanging, answering],
  ...[withdrawing, endingPerson, endingGrant, removing, comingBack],
]
