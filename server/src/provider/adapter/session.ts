import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Sessions, StoredSession } from '../../store/sessions.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'

// An unchanged session is written again only when its end has moved by this much: signing in is rare, authorizing is not.
const SLIDE_SECONDS = 3_600

/**
 * Sign-in sessions. The engine saves a whole session on each authorization, and the last of two tabs would win; what is
 * kept here is who signed in and when, and consents have a table of their own.
 */
export function sessionAdapter(sessions: Sessions): Adapter {
  return {
    ...nothingKept,
    async find(id) {
      return remember(await sessions.find(id), id)
    },
    async findByUid(uid) {
      return remember(await sessions.findByUid(uid), undefined)
    },
    async upsert(id, payload) {
      // Without a person there is nothing to keep, and an id from before sign-in could have been planted (fixation).
      if (payload.accountId === undefined) return
      const unit = currentUnit()
      const loaded = unit.loadedSession
      const kept = keptPart(payload)
      const known = loaded?.uid === payload.uid ? loaded : undefined
      const oldId = unit.retiredSessionId
      // The database keeps members in an order of its own; picked out the same way, equal parts look equal.
      const unchanged =
        known !== undefined && oldId === undefined && JSON.stringify(keptPart(known.payload)) === JSON.stringify(kept)
      if (unchanged && Number(payload.exp) - known.expiresAt < SLIDE_SECONDS) return
      unit.session = {
        uid: String(payload.uid),
        id,
        oldId,
        accountId: payload.accountId,
        payload: kept,
        expiresAt: Number(payload.exp),
        known: known !== undefined,
        proof: unit.signInProof,
      }
      if (known?.accountId !== payload.accountId) {
        unit.events.push({
          type: 'person.signed_in',
          outcome: 'allowed',
          accountId: payload.accountId,
          ...howSignedIn(payload),
        })
      }
    },
    async destroy(id) {
      currentUnit().retiredSessionId = id
    },
  }
}

function remember(session: StoredSession | undefined, id: string | undefined): AdapterPayload | undefined {
  if (session === undefined) return undefined
  const unit = currentUnit()
  unit.loadedSession = {
    uid: session.uid,
    payload: session.payload,
    expiresAt: session.expiresAt,
    accountId: session.account?.id,
  }
  return {
    ...session.payload,
    kind: 'Session',
    ...(id === undefined ? {} : { jti: id }),
    uid: session.uid,
    exp: session.expiresAt,
    ...(session.account === undefined ? {} : { accountId: session.account.id }),
  }
}

function howSignedIn({ acr }: AdapterPayload): { detail?: { acr: string } } {
  return acr === undefined ? {} : { detail: { acr } }
}

function keptPart(payload: AdapterPayload | StoredSession['payload']): Readonly<Record<string, unknown>> {
  const { loginTs, acr, amr, transient, state } = payload
  return Object.fromEntries(
    Object.entries({ loginTs, acr, amr, transient, state }).filter(([, value]) => value !== undefined),
  )
}
