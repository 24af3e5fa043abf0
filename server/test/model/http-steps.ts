import type { Duration } from '@sallyport/policy'
import fc from 'fast-check'
import { expect } from 'vitest'
import { postForm } from '../setup/access-tokens.ts'
import { boxesOf, fieldOf } from '../setup/browser.ts'
import { approve, authorization, type TokenAnswer, tokenRequest } from '../setup/flow.ts'
import { expectAccessToken, grantOf, type HttpPlace, type Issued } from './http-place.ts'
import { DURATIONS, endOf, isMild, lastingFor, PASSES, SCOPES } from './measures.ts'
import { type Grant, type Key, type Model, type Said, told } from './model.ts'
import { pendingAuthorization, presentedCode, presentedToken } from './pending.ts'
import { command } from './step.ts'
import { consentIdOf } from './tables.ts'

type Step = fc.AsyncCommand<Model, HttpPlace>

const step = command<Model, HttpPlace>

const either = fc.constantFrom(0, 0, 0, 0, 1)
const key: fc.Arbitrary<Key> = fc.record({ account: either, client: either, resource: either })
const at = fc.constantFrom(0, 1)
const nth = fc.constantFrom(0, 0, 0, 1, 2)
const back = fc.constantFrom(0, 0, 0, 1, 1, 2)
const isOwn = fc.constantFrom(true, true, true, true, true, false)

const hasGrant = ({ grants }: Readonly<Model>): boolean => grants.size > 0

interface Authorizing {
  readonly key: Key
  readonly asked: readonly string[]
  readonly ticked: readonly string[]
  readonly duration: Duration
  readonly machine: number
  readonly at: number
}

/** A client sends a person through the pages, who ticks what they tick. */
function authorize({ key, asked, ticked, duration, machine, at }: Authorizing): Step {
  const words = `authorize ${told(key)} for ${asked} on machine ${machine}, ticked ${ticked} ${duration}, at ${at}`
  return step(
    words,
    async (model, place) => {
      const client = place.programs[key.client]
      const server = place.servers[at]
      const browser = place.browsers[key.account]?.[machine]
      if (client === undefined || server === undefined || browser === undefined) throw new Error('nobody is there')
      const uri = place.resources[key.resource]?.uri
      const request = authorization(place.servers[0], client.id, { scope: asked.join(' '), resource: uri })
      const interaction = `i${model.events.get('code.issued') ?? 0}-${model.grants.size}`
      const must = consentExpected(model, { key, asked, session: machine })
      const chosen = must.offered.filter((scope) => ticked.includes(scope))
      // A form with nothing on it comes back: somebody who wants to go on ticks something.
      const scopes = chosen.length > 0 || must.offered.length < must.all.length ? chosen : must.offered
      const login = place.accounts[key.account]?.login ?? ''
      const callback = await approve(server, request, { login, scopes, duration }, browser)
      const page = callback.pages.find(({ url }) => url.endsWith('/consent'))
      expect(
        boxesOf(page?.html ?? '', 'scope')
          .map(({ value }) => value)
          .sort(),
      ).toEqual([...must.offered].sort())
      signedIn(model, key.account, machine)
      if (scopes.length > 0)
        model.give(key, machine, saying(model, scopes, { duration, interaction, session: machine }))
      const consent = model.consentOf(key)
      if (consent === undefined) throw new Error('nothing was agreed')
      const reusable = [...model.reusable(consent, interaction)]
      const held = new Map(reusable.filter(([scope]) => must.all.includes(scope)))
      const id = await grantOf(place, callback.code)
      expect(pendingAuthorization(model, { key, session: machine, id, held }).settle()).toBe('done')
      place.issued.set(id, { request, code: callback.code, refreshTokens: [], accessTokens: [] })
    },
    (model) => model.people[key.account]?.disabled === false,
  )
}

/** What is asked for with what goes along, and what of it the page has to ask the person. */
function consentExpected(
  model: Model,
  { key, asked, session }: { key: Key; asked: readonly string[]; session: number },
) {
  const consent = model.consentOf(key)
  const agreed = consent === undefined ? new Map<string, Said>() : model.reusable(consent, undefined)
  const carried = [...agreed].filter(([scope, said]) => isMild(scope) || said.session === session)
  const all = [...new Set([...asked, ...carried.map(([scope]) => scope)])]
  return { all, offered: asked.filter((scope) => !agreed.has(scope)) }
}

function signedIn(model: Model, account: number, session: number): void {
  const person = model.people[account]
  if (person === undefined || person.sessions.has(session)) return
  person.sessions.add(session)
  model.record('person.signed_in')
}

function saying(
  { now }: Model,
  scopes: readonly string[],
  said: { duration: Duration; interaction: string; session: number },
): ReadonlyMap<string, Said> {
  const entries = scopes.map((scope) => {
    const duration = lastingFor(scope, said.duration)
    const interaction = duration === 'once' ? said.interaction : undefined
    const where = duration === 'once' || isMild(scope) ? {} : { session: said.session }
    return [scope, { duration, endsAt: endOf(duration, now), interaction, ...where }] as const
  })
  return new Map(entries)
}

const scopes = fc.subarray(SCOPES, { minLength: 1 })

const authorizing = fc
  .record({ key, asked: scopes, ticked: scopes, duration: fc.constantFrom(...DURATIONS), machine: either, at })
  .map(authorize)

/** The first of a sequence: without it there is nothing to attack. */
export const FIRST_AUTHORIZATION = authorize({
  key: { account: 0, client: 0, resource: 0 },
  asked: SCOPES,
  ticked: SCOPES,
  duration: 'until_revoked',
  machine: 0,
  at: 0,
})

function pick({ grants }: Model, place: HttpPlace, number: number) {
  const all = [...grants]
  const [id = '', grant] = all[all.length - 1 - (number % all.length)] ?? []
  const issued = place.issued.get(id)
  if (grant === undefined || issued === undefined) throw new Error('there is no grant')
  return { id, grant, issued }
}

/** What a client sends to prove who it is: the one it was issued to, or the other one. */
function clientForm({ programs }: HttpPlace, { consent }: Grant, own: boolean): Record<string, string> {
  const { id = '', proof = {} } = programs[own ? consent.client : 1 - consent.client] ?? {}
  return { client_id: id, ...proof }
}

const NEVER_ISSUED = 'n'.repeat(43)

const BAD = {
  scope: 'mcp:branch:delete',
  resource: 'https://nobody.example/mcp',
  code_verifier: 'x'.repeat(43),
} as const
const ERRORS = { scope: 'invalid_scope', resource: 'invalid_target', code_verifier: 'invalid_grant' } as const

const redeeming = fc
  .record({ nth, isOwn, at, wrong: fc.constantFrom(undefined, undefined, undefined, 'resource', 'code_verifier') })
  .map(({ nth, isOwn, at, wrong }) =>
    step(
      `redeem the code of grant ${nth}${isOwn ? '' : ' as the other client'}${wrong ? ` with a wrong ${wrong}` : ''}, at ${at}`,
      async (model, place) => {
        const { id, grant, issued } = pick(model, place, nth)
        // A code that was used and comes with its verifier ends its grant, whatever else is wrong.
        const fault = grant.code.used && wrong === 'resource' ? undefined : wrong
        const form = {
          grant_type: 'authorization_code',
          code: issued.code,
          redirect_uri: 'http://127.0.0.1:51234/callback',
          code_verifier: issued.request.verifier,
          resource: place.resources[grant.consent.resource]?.uri,
          ...clientForm(place, grant, isOwn),
          ...(fault === undefined ? {} : { [fault]: BAD[fault] }),
        }
        const scopes = model.scopesOf(grant, 'code')
        const before = {
          known: model.isKnown(grant),
          waits: model.isCodeWaiting(grant),
          live: grant.endsAt > model.now,
        }
        const pending = fault === undefined ? presentedCode(model, { id, grant, proof: undefined, isOwn }) : undefined
        const answer = await tokenRequest(place.servers[at] ?? place.servers[0], form)
        const isJudged = isOwn && before.known && before.waits && before.live
        if (pending === undefined)
          return expectRefusal(answer, fault !== undefined && isJudged ? ERRORS[fault] : undefined)
        expect(pending.settle()).toBe('done')
        expectTokens(answer, { place, id, grant, issued, scopes })
      },
      hasGrant,
    ),
  )

const refreshing = fc
  .record({
    nth,
    back,
    isOwn,
    at,
    wrong: fc.constantFrom(undefined, undefined, undefined, undefined, 'scope', 'resource'),
  })
  .map(({ nth, back, isOwn, at, wrong }) =>
    step(
      `refresh with the token ${back} back of grant ${nth}${isOwn ? '' : ' as the other client'}${wrong ? ` with a wrong ${wrong}` : ''}, at ${at}`,
      async (model, place) => {
        const { id, grant, issued } = pick(model, place, nth)
        const index = Math.max(0, grant.tokens.length - 1 - back)
        const isFresh = grant.tokens[index]?.usedAt === undefined
        // One that was used ends its family or is answered again, whatever else is wrong.
        const fault = isFresh && isOwn ? wrong : undefined
        const form = {
          grant_type: 'refresh_token',
          refresh_token: issued.refreshTokens[index] ?? NEVER_ISSUED,
          ...clientForm(place, grant, isOwn),
          ...(fault === undefined ? {} : { [fault]: BAD[fault] }),
        }
        const scopes = model.scopesOf(grant, 'refresh-token')
        const pending = presentedToken(model, { id, grant, proof: undefined, isOwn }, index)
        const answer = await tokenRequest(place.servers[at] ?? place.servers[0], form)
        if (pending === undefined) return expectRefusal(answer, undefined)
        if (fault !== undefined) return expectRefusal(answer, ERRORS[fault])
        expect(pending.settle()).toBe('done')
        expectTokens(answer, { place, id, grant, issued, scopes, successor: index + 1 })
      },
      hasGrant,
    ),
  )

function expectRefusal({ status, body }: TokenAnswer, error = 'invalid_grant'): void {
  expect({ status, error: body.error }).toEqual({ status: 400, error })
}

function expectTokens(
  answer: TokenAnswer,
  must: { place: HttpPlace; id: string; grant: Grant; issued: Issued; scopes: readonly string[]; successor?: number },
): void {
  const { place, id, grant, scopes, successor = 0 } = must
  const { accessTokens, refreshTokens } = must.issued
  const { account, client, resource } = grant.consent
  expect({ status: answer.status, error: answer.body.error }).toEqual({ status: 200, error: undefined })
  expectAccessToken(answer, {
    gid: id,
    sub: place.accounts[account]?.id ?? '',
    aud: place.resources[resource]?.uri ?? '',
    clientId: place.clients[client] ?? '',
    scopes,
  })
  accessTokens.push(String(answer.body.access_token))
  const token = answer.body.refresh_token
  if (!grant.refreshable) expect(token).toBeUndefined()
  else expect(token).toBeTypeOf('string')
  if (typeof token !== 'string') return
  // A repetition gets what the first request got.
  if (successor < refreshTokens.length) expect(token).toBe(refreshTokens[successor])
  else refreshTokens.push(token)
}

const revoking = fc.record({ nth, back, isOwn, at, access: fc.boolean() }).map(({ nth, back, isOwn, at, access }) =>
  step(
    `revoke ${access ? 'an access token' : `the token ${back} back`} of grant ${nth}${isOwn ? '' : ' as the other client'}, at ${at}`,
    async (model, place) => {
      const { grant, issued } = pick(model, place, nth)
      const all = access ? issued.accessTokens : issued.refreshTokens
      const token = all[Math.max(0, all.length - 1 - back)]
      const form = { token: token ?? NEVER_ISSUED, ...clientForm(place, grant, isOwn) }
      // The same answer for all: what is not there, what is another's, and what has ended.
      expect((await postForm(place.servers[at] ?? place.servers[0], '/revoke', form)).status).toBe(200)
      const ends = isOwn && token !== undefined && model.isKnown(grant)
      if (ends) model.end('revoked-by-client', (one) => one === grant)
    },
    hasGrant,
  ),
)

const CHANGES = ['permission', 'permission', 'server', 'client'] as const

const takingBack = fc
  .record({ key, change: fc.constantFrom(...CHANGES), scope: fc.constantFrom(...SCOPES), machine: either, at })
  .map(({ key, change, scope, machine, at }) =>
    step(
      `take back a ${change} ${told(key)} ${scope} on the account page of machine ${machine}, at ${at}`,
      async (model, place) => {
        const browser = place.browsers[key.account]?.[machine]
        const server = place.servers[at]
        if (browser === undefined || server === undefined) throw new Error('nobody is there')
        const address = `${server.origin}/account`
        const csrf = fieldOf(await (await browser.get(address)).text(), 'csrf')
        const consent = await consentIdOf(place, key)
        const client = place.clients[key.client] ?? ''
        const moved = await browser.post(address, { csrf, change, consent, client, scope })
        expect(moved.headers.get('location')).toMatch(/\/account$/)
        const agreed = model.consentOf(key)
        if (change === 'permission' && agreed !== undefined) model.takeBack(agreed, scope)
        if (change === 'server') model.withdraw('consent-withdrawn', (one) => one === agreed)
        const isTheirs = (one: Key): boolean => one.account === key.account && one.client === key.client
        if (change === 'client') model.withdraw('consent-withdrawn', isTheirs)
      },
      (model) => model.isSignedIn(key.account, machine),
    ),
  )

const disabling = fc.constantFrom(0, 1).map((account) =>
  step(`disable ${account}`, async (model, place) => {
    const { login = '' } = place.accounts[account] ?? {}
    expect(await place.servers[1].store.accounts.disable(login)).toBe(true)
    model.people[account]?.sessions.clear()
    Object.assign(model.people[account] ?? {}, { disabled: true })
    model.end('account-disabled', ({ consent }) => consent.account === account)
  }),
)

const waiting = fc.constantFrom(...PASSES).map((seconds) =>
  step(`wait ${seconds} s`, async (model, place) => {
    await place.pass(seconds)
    model.now += seconds
  }),
)

const OFTEN = [redeeming, redeeming, refreshing, refreshing, refreshing, refreshing, refreshing, waiting]

export const HTTP_STEPS: fc.Arbitrary<Step>[] = [
  ...OFTEN,
  ...OFTEN,
  authorizing,
  authorizing,
  takingBack,
  revoking,
  disabling,
]
