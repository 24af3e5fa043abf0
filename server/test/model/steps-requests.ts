import fc from 'fast-check'
import { SCOPES } from './measures.ts'
import { type Key, told } from './model.ts'
import { pendingAuthorization, pendingSignIn, presentedCode, presentedToken } from './pending.ts'
import { authorize, presentCode, presentToken, signIn } from './requests.ts'
import { type Expected, finish, opened, pickGrant, type Real, type Step, step } from './step.ts'

const by = (isOwn: boolean): string => (isOwn ? '' : ' by another client')
const proven = (proof: string | undefined): string => (proof === undefined ? '' : ` with proof ${proof}`)
const later = (waits: boolean): string => (waits ? ', sent later' : '')

const codeOf = (grantId: string): string => `code of ${grantId}`
const tokenOf = (grantId: string, index: number): string => `token ${index} of ${grantId}`

const proofOf = ({ place }: Real, proof: string | undefined) => proof && `${place.owner} ${proof}`

const either = fc.constantFrom(0, 0, 0, 0, 0, 1)

/** Mostly the first person with the first client at the first resource, so that things meet. */
export const key: fc.Arbitrary<Key> = fc.record({ account: either, client: either, resource: either })

export const someScopes = fc.subarray(SCOPES, { minLength: 1 })
export const nth = fc.constantFrom(0, 0, 0, 1, 1, 2, 3)
const waits = fc.constantFrom(false, false, true, true)
// Of the few ids that a client assertion has here, one comes again soon.
const proof = fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'p', 'q', 'r')
const isOwn = fc.constantFrom(true, true, true, true, true, true, true, false)

export const hasGrant = ({ model }: Readonly<Expected>): boolean => model.grants.size > 0

/** Name of an interaction: one person, one client, one resource, and which of two pages. */
export function interactionOf({ account, client, resource }: Key, page: number | undefined): string | undefined {
  return page === undefined ? undefined : `${account}${client}${resource}${page}`
}

export const page = fc.constantFrom(undefined, 0, 0, 1)

function askAuthorization(
  key: Key,
  asked: readonly string[],
  { page, waits }: { page: number | undefined; waits: boolean },
): Step {
  return step(`authorize ${told(key)} ${asked} on page ${page}${later(waits)}`, async (expected, real) => {
    const { model } = expected
    const { accounts, clients, resources } = real.place
    const interaction = interactionOf(key, page)
    const session = model.people[key.account]?.latest ?? 0
    const accountId = accounts[key.account]?.id ?? ''
    const open = await authorize(real.place, {
      accountId,
      clientId: clients[key.client] ?? '',
      resourceUri: resources[key.resource]?.uri ?? '',
      sessionUid: `${accountId} ${session}`,
      scopes: asked,
      interaction: interaction && `${accountId} ${interaction}`,
    })
    const consent = model.consentOf(key)
    const reusable = consent === undefined ? [] : [...model.reusable(consent, interaction)]
    const held = new Map(reusable.filter(([scope]) => asked.includes(scope)))
    const may = held.size > 0 && model.isSignedIn(key.account, session)
    const id = open?.unit.grant?.id ?? ''
    const pending = may ? pendingAuthorization(model, { key, session, id, held }) : undefined
    await opened(expected, real, { pending, open, scopes: [...held.keys()], waits })
  })
}

const authorization = fc
  .record({ key, someScopes, page, waits })
  .map(({ key, someScopes, page, waits }) => askAuthorization(key, someScopes, { page, waits }))

interface Presenting {
  readonly nth: number
  readonly isOwn: boolean
  readonly proof: string | undefined
  readonly waits: boolean
}

const presenting = { nth, isOwn, proof, waits }

function redeem({ nth, isOwn, proof, waits }: Presenting): Step {
  return step(
    `redeem the code of grant ${nth}${by(isOwn)}${proven(proof)}${later(waits)}`,
    async (expected, real) => {
      const { model } = expected
      const { id, grant } = pickGrant(model, nth)
      const clientId = clientOf(real, grant.consent, isOwn)
      const open = await presentCode(real.place, { code: codeOf(id), clientId, proof: proofOf(real, proof) })
      const scopes = model.scopesOf(grant, 'code')
      const pending = presentedCode(model, { id, grant, proof, isOwn })
      await opened(expected, real, { pending, open, scopes, waits })
    },
    hasGrant,
  )
}

const redemption = fc.record(presenting).map(redeem)

function refresh({ nth, back, isOwn, proof, waits }: Presenting & { back: number }): Step {
  return step(
    `refresh with the token ${back} back of grant ${nth}${by(isOwn)}${proven(proof)}${later(waits)}`,
    async (expected, real) => {
      const { model } = expected
      const { id, grant } = pickGrant(model, nth)
      const index = Math.max(0, grant.tokens.length - 1 - back)
      const clientId = clientOf(real, grant.consent, isOwn)
      const [token, successor] = [tokenOf(id, index), tokenOf(id, index + 1)]
      const open = await presentToken(real.place, { token, successor, clientId, proof: proofOf(real, proof) })
      const scopes = model.scopesOf(grant, 'refresh-token')
      const pending = presentedToken(model, { id, grant, proof, isOwn }, index)
      await opened(expected, real, { pending, open, scopes, waits })
    },
    hasGrant,
  )
}

const refreshing = fc.record({ ...presenting, back: nth }).map(refresh)

const AT_ONCE = { nth: 0, back: 0, isOwn: true, proof: undefined, waits: false }

const signingIn = fc.record({ account: either, waits }).map(({ account, waits }) =>
  step(`sign in as ${account}${later(waits)}`, async (expected, real) => {
    const person = expected.model.people[account]
    const login = real.place.accounts[account]?.login ?? ''
    if (person === undefined) throw new Error('there is no such person')
    const session = person.latest + 1
    const open = await signIn(real.place, login, `${login} ${session}`)
    if (!person.disabled) person.latest = session
    const read = { account, session, passwords: person.passwords }
    const pending = person.disabled ? undefined : pendingSignIn(expected.model, read)
    await opened(expected, real, { pending, open, waits })
  }),
)

const finishing = nth.map((nth) =>
  step(
    `send the request that waits ${nth}`,
    (expected, real) => finish(expected, real, nth % real.open.length),
    ({ pending }) => pending.length > 0,
  ),
)

/** What a sequence may begin with, from the first yes on: most of it is about families. */
export const BEGINNING = [
  askAuthorization({ account: 0, client: 0, resource: 0 }, SCOPES, { page: 0, waits: false }),
  redeem(AT_ONCE),
  refresh(AT_ONCE),
]

const ALL = [
  authorization,
  authorization,
  redemption,
  redemption,
  refreshing,
  refreshing,
  refreshing,
  finishing,
  finishing,
]

export const REQUESTS: fc.Arbitrary<Step>[] = [...ALL, ...ALL, ...ALL, signingIn]

function clientOf({ place }: Real, { client }: Key, isOwn: boolean): string {
  return place.clients[isOwn ? client : 1 - client] ?? ''
}
