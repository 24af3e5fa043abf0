import type { Duration } from '@sallyport/policy'
import type { RevocationReason } from '../../src/store/grants.ts'
import { CODE_SECONDS, FAMILY_SECONDS, GRACE_ANSWERS } from './measures.ts'

/** Who, with what, where: places in the lists of a sequence's people, clients and resources. */
export interface Key {
  readonly account: number
  readonly client: number
  readonly resource: number
}

/** One permission as a person said it. Times are seconds since the sequence began. */
export interface Said {
  readonly duration: Duration
  readonly endsAt: number | null
  /** The interaction it was said in, for what was said once. */
  readonly interaction: string | undefined
  /** The session it was said in, for what is carried over nowhere else. */
  readonly session?: number
}

/** In the words of a step. */
export const told = ({ account, client, resource }: Key): string => `${account}/${client}/${resource}`

export type Permitted = ReadonlyMap<string, Said>

export interface Consent extends Key {
  withdrawn: boolean
  /** By scope, and by scope and interaction for what was said once. */
  said: Permitted
}

interface Token {
  readonly endsAt: number
  usedAt: number | undefined
  answers: number
}

export interface Grant {
  readonly consent: Consent
  readonly endsAt: number
  readonly refreshable: boolean
  held: Permitted
  readonly code: { endsAt: number; used: boolean }
  /** In the order they were minted: the one after a token is its successor. */
  readonly tokens: Token[]
  ended: { readonly reason: RevocationReason; readonly at: number } | undefined
  takenBack: readonly string[]
  narrowedAt: number
}

/** What the design says of codes, families, grants and consents: one sequence, without a database. */
export class Model {
  now = 0
  readonly graceSeconds: number
  readonly people = [newPerson(), newPerson()]
  readonly clients = [{ there: true }, { there: true }]
  readonly resources = [{ there: true }, { there: true }]
  readonly consents: Consent[] = []
  /** By id, which a grant made twice from one interaction has once. */
  readonly grants = new Map<string, Grant>()
  readonly seen = new Set<string>()
  /** How often each event must have been recorded. */
  readonly events = new Map<string, number>()

  constructor(graceSeconds: number) {
    this.graceSeconds = graceSeconds
  }

  record(type: string, about = ''): void {
    const name = `${type} ${about}`.trim()
    this.events.set(name, (this.events.get(name) ?? 0) + 1)
  }

  consentOf({ account, client, resource }: Key): Consent | undefined {
    return this.consents.find((one) => one.account === account && one.client === client && one.resource === resource)
  }

  /** A person says yes on a page that was opened in this session. */
  give(key: Key, session: number, said: Permitted): boolean {
    if (!this.people[key.account]?.sessions.has(session) || !this.areThere(key)) return false
    const before = this.consentOf(key)
    const kept: Permitted = before === undefined || before.withdrawn ? new Map() : before.said
    const all = [...kept, ...said].map(([scope, each]) => [named(scope, each), each] as const)
    const union = new Map(all)
    for (const [name, each] of union) if (before?.withdrawn === false && this.isOver(each)) union.delete(name)
    if (before === undefined) this.consents.push({ ...key, withdrawn: false, said: union })
    else Object.assign(before, { withdrawn: false, said: union })
    this.record('consent.given')
    return true
  }

  /** What an authorization may be made from now: what is live, and what was said once only where it was said. */
  reusable(consent: Consent, interaction: string | undefined): Permitted {
    if (consent.withdrawn) return new Map()
    const usable = [...consent.said].filter(
      ([, each]) => !this.isOver(each) && (each.duration !== 'once' || each.interaction === interaction),
    )
    const lasting = usable.filter(([, each]) => each.duration !== 'once')
    const once = usable.filter(([, each]) => each.duration === 'once')
    return new Map([...lasting, ...once].map(([name, each]) => [bare(name), each]))
  }

  isOver({ endsAt }: Said): boolean {
    return endsAt !== null && endsAt <= this.now
  }

  areThere({ client, resource }: Pick<Key, 'client' | 'resource'>): boolean {
    return this.clients[client]?.there === true && this.resources[resource]?.there === true
  }

  isSignedIn(account: number, session: number): boolean {
    const person = this.people[account]
    return person?.disabled === false && person.sessions.has(session)
  }

  isLive(grant: Grant): boolean {
    const { consent } = grant
    return this.isKnown(grant) && grant.endsAt > this.now && this.areThere(consent)
  }

  /** Nobody took it back, whether or not its time has come. */
  isKnown({ ended, consent }: Grant): boolean {
    return ended === undefined && !consent.withdrawn && this.people[consent.account]?.disabled === false
  }

  /** Ends grants and everything made from them; those that have ended stay as they ended. */
  end(reason: RevocationReason, which: (grant: Grant) => boolean): number {
    let count = 0
    for (const [id, grant] of this.grants) {
      if (grant.ended !== undefined || !which(grant)) continue
      grant.ended = { reason, at: this.now }
      this.record('grant.revoked', `${id} ${reason}`)
      count += 1
    }
    return count
  }

  withdraw(reason: RevocationReason, which: (consent: Consent) => boolean): { consents: number; grants: number } {
    const chosen = this.consents.filter((consent) => !consent.withdrawn && which(consent))
    const grants = this.end(reason, ({ consent }) => chosen.includes(consent))
    for (const consent of chosen) consent.withdrawn = true
    return { consents: chosen.length, grants }
  }

  takeBack(consent: Consent, scope: string): boolean {
    const rest = [...consent.said].filter(([name]) => bare(name) !== scope)
    if (consent.withdrawn || rest.length === consent.said.size) return false
    consent.said = new Map(rest)
    for (const grant of this.grants.values()) {
      if (grant.consent !== consent || grant.ended !== undefined || !grant.held.has(scope)) continue
      grant.held = new Map([...grant.held].filter(([name]) => name !== scope))
      grant.takenBack = [...grant.takenBack, scope]
      grant.narrowedAt = this.now
    }
    this.record('consent.narrowed', scope)
    return true
  }

  newGrant(consent: Consent, held: Permitted): Grant {
    const all = [...held.values()]
    const latest = Math.max(...all.map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY))
    return {
      consent,
      held,
      endsAt: Math.min(this.now + FAMILY_SECONDS, latest),
      refreshable: all.some(({ duration }) => duration !== 'once'),
      code: { endsAt: this.now, used: false },
      tokens: [],
      ended: undefined,
      takenBack: [],
      narrowedAt: Number.NEGATIVE_INFINITY,
    }
  }

  startCode(grant: Grant): void {
    grant.code.endsAt = this.now + CODE_SECONDS
  }

  isCodeWaiting({ code }: Grant): boolean {
    return !code.used && code.endsAt > this.now
  }

  /** A used token is answered once more: its first use is recent, answers are left, and nobody has used its successor. */
  windowIsOpen(grant: Grant, index: number): boolean {
    const { usedAt, answers = 0 } = grant.tokens[index] ?? {}
    if (usedAt === undefined || this.now - usedAt >= this.graceSeconds) return false
    return answers <= GRACE_ANSWERS && grant.tokens[index + 1]?.usedAt === undefined
  }

  /** Scopes of an access token made now. */
  scopesOf(grant: Grant, from: 'code' | 'refresh-token'): readonly string[] {
    const lasts = ({ duration }: Said) => from === 'code' || duration !== 'once'
    return [...grant.held].filter(([, each]) => !this.isOver(each) && lasts(each)).map(([scope]) => scope)
  }
}

interface Person {
  disabled: boolean
  /** Those that are signed in, by number, and the number of the latest that ever was. */
  readonly sessions: Set<number>
  latest: number
  passwords: number
}

const newPerson = (): Person => ({ disabled: false, sessions: new Set([0]), latest: 0, passwords: 0 })

/** Whether the consent still holds this, for as long or for another time. */
export function isSaid({ said }: Consent, scope: string, was: Said): boolean {
  return said.has(named(scope, was))
}

const named = (scope: string, { duration, interaction }: Said): string =>
  duration === 'once' ? `${bare(scope)} ${interaction}` : bare(scope)

const bare = (name: string): string => name.split(' ')[0] ?? ''
