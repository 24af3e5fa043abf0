import type { Outcome } from '../../src/store/unit-of-work.ts'
import { IDLE_SECONDS } from './measures.ts'
import { type Grant, isSaid, type Key, type Model, type Permitted } from './model.ts'

/** A request that was judged by what it read: what must come of it when it is sent, whatever happened in between. */
export interface Pending {
  readonly what: string
  settle(): Outcome
}

/** A grant and its code, made from what the consent held. */
export function pendingAuthorization(
  model: Model,
  read: { key: Key; session: number; id: string; held: Permitted },
): Pending {
  const { key, session, id, held } = read
  const consent = model.consentOf(key)
  if (consent === undefined) throw new Error('an authorization was made from nothing')
  const grant = model.newGrant(consent, held)
  return {
    what: 'an authorization',
    settle() {
      const before = model.grants.get(id)
      // The same decision, sent twice: the first one's code is the answer, as long as it is good for anything.
      if (before !== undefined) return model.isKnown(before) && model.isCodeWaiting(before) ? 'done' : 'lost'
      const holds = !consent.withdrawn && [...held].every(([scope, said]) => isSaid(consent, scope, said))
      if (!holds || !model.isSignedIn(key.account, session) || !model.areThere(key)) return 'lost'
      model.startCode(grant)
      model.grants.set(id, grant)
      model.record('code.issued', id)
      return 'done'
    },
  }
}

interface Presented {
  readonly id: string
  readonly grant: Grant
  readonly proof: string | undefined
  /** Whether the client is the one it was issued to. */
  readonly isOwn: boolean
}

/** A code that is presented: what comes of it, or undefined where it is refused, with what that ends. */
export function presentedCode(model: Model, presented: Presented): Pending | undefined {
  const { grant, isOwn } = presented
  // Of a grant whose time has come nothing is left to end.
  if (!isOwn || !model.isKnown(grant) || grant.endsAt <= model.now) return undefined
  if (grant.code.used) model.end('code-replayed', (one) => one === grant)
  const may = model.isCodeWaiting(grant) && model.scopesOf(grant, 'code').length > 0
  return may ? pendingCode(model, presented) : undefined
}

/** The same of a refresh token, by its place in the family. */
export function presentedToken(model: Model, presented: Presented, index: number): Pending | undefined {
  const { grant, isOwn } = presented
  const token = grant.tokens[index]
  if (!isOwn || token === undefined || !model.isKnown(grant)) return undefined
  if (token.usedAt !== undefined && !model.windowIsOpen(grant, index)) {
    model.end('refresh-token-replayed', (one) => one === grant)
    return undefined
  }
  const may = token.endsAt > model.now && grant.endsAt > model.now
  return may && model.scopesOf(grant, 'refresh-token').length > 0 ? pendingToken(model, presented, index) : undefined
}

function pendingCode(model: Model, presented: Presented): Pending {
  const { grant } = presented
  return pendingIssue(model, presented, {
    what: 'a code',
    use() {
      if (model.isCodeWaiting(grant)) {
        grant.code.used = true
        return 'first'
      }
      return grant.code.used ? 'replay' : 'over'
    },
  })
}

function pendingToken(model: Model, presented: Presented, index: number): Pending {
  const { grant } = presented
  const token = grant.tokens[index]
  if (token === undefined) throw new Error('there is no such token')
  return pendingIssue(model, presented, {
    what: 'a refresh token',
    use() {
      if (token.usedAt === undefined) {
        if (token.endsAt <= model.now) return 'over'
        token.usedAt = model.now
        token.answers = 1
        return 'first'
      }
      if (!model.windowIsOpen(grant, index)) return 'replay'
      token.answers += 1
      return 'again'
    },
  })
}

interface Use {
  readonly what: string
  /** Uses what was presented, if that may be, and says what the use was. */
  use(): 'first' | 'again' | 'over' | 'replay'
}

function pendingIssue(model: Model, { id, grant, proof }: Presented, { what, use }: Use): Pending {
  const { held } = grant
  const left = Math.min(IDLE_SECONDS, grant.endsAt - model.now)
  const reason = what === 'a code' ? 'code-replayed' : 'refresh-token-replayed'
  const decide = (): Outcome => {
    if (grant.held !== held && model.isKnown(grant)) return 'repeat'
    if (!model.isLive(grant)) return 'lost'
    const used = use()
    if (used === 'replay') model.end(reason, (one) => one === grant)
    if (used === 'replay' || used === 'over') return 'lost'
    if (used === 'first' && grant.refreshable) {
      grant.tokens.push({ endsAt: model.now + left, usedAt: undefined, answers: 0 })
    }
    model.record('token.issued', id)
    return 'done'
  }
  return {
    what,
    settle() {
      if (proof !== undefined && model.seen.has(proof)) return 'assertion-replayed'
      if (proof !== undefined) model.seen.add(proof)
      return decide()
    },
  }
}

/** @param read.passwords how often the password had changed when it was proven */
export function pendingSignIn(model: Model, read: { account: number; session: number; passwords: number }): Pending {
  const { account, session, passwords } = read
  return {
    what: 'a sign-in',
    settle() {
      const person = model.people[account]
      if (person?.passwords !== passwords) return 'lost'
      person.sessions.add(session)
      model.record('person.signed_in')
      return 'done'
    },
  }
}
