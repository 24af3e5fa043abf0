import { decodeJwt, type JWTPayload, UnsecuredJWT } from 'jose'
import { type Adapter, errors, Provider } from 'oidc-provider'
import type { Database } from '../../store/database.ts'
import { type PushedRequestRefusal, usePushedRequest } from '../../store/pushed-requests.ts'
import { currentUnit, type RequestFacts } from '../../store/unit-of-work.ts'
import { errorEntry } from '../error-catalogue.ts'
import { nothingKept } from './nothing-kept.ts'
import { endFor, lifetimeOf, storedPart } from './payload.ts'

/**
 * Pushed authorization requests: written by the request that pushed them, used up by the one that reads them. The engine
 * would read first and use up when it answers, and in between any number of browsers could begin; what follows lives in the
 * interaction's cookie and needs the request no more.
 * @param now seconds since 1970
 * @see RFC 9126 §4, §7.3
 */
export function pushedRequestAdapter(database: Database, now: () => number): Adapter {
  return {
    ...nothingKept,
    async upsert(id, payload, expiresIn) {
      const unit = currentUnit()
      const clientId = Provider.ctx?.oidc.client?.clientId
      if (clientId === undefined) throw new Error('a request was pushed by nobody')
      const { request, ...rest } = storedPart(payload)
      const kept = { ...rest, claims: withoutTimes(decodeJwt(String(request))), facts: unit.facts }
      unit.pushedRequest = { id, clientId, payload: kept, lifetimeSeconds: lifetimeOf(expiresIn) }
    },
    async find(id) {
      const { route, client } = Provider.ctx?.oidc ?? {}
      // The engine asks again when the person comes back from the pages.
      if (route !== 'authorization' || client === undefined) return
      const used = await usePushedRequest(database, id, client.clientId)
      if (!used.ok) throw refuse(used.refusal, client.clientId)
      const { claims, facts, ...rest } = used.payload
      const unit = currentUnit()
      // What stands beside the request's address says nothing, and the document is that of today.
      const { clientDigest } = unit.facts
      unit.facts = { ...(facts as RequestFacts), ...(clientDigest === undefined ? {} : { clientDigest }) }
      const request = new UnsecuredJWT(claims as JWTPayload).encode()
      return { ...rest, request, jti: id, exp: endFor(used.secondsLeft, now()) }
    },
  }
}

/** The parameters, with issuer and audience: when they end is said by the clock of the database alone. */
function withoutTimes({ iat: _iat, nbf: _nbf, exp: _exp, ...claims }: JWTPayload): JWTPayload {
  return claims
}

function refuse(refusal: PushedRequestRefusal, clientId: string): Error {
  const { reason } = refusal
  const detail = `the pushed request is ${reason}`
  if (refusal.reason !== 'foreign') {
    return new errors.InvalidRequestUri(errorEntry('invalid_request_uri').sentence, { detail })
  }
  const { code } = errorEntry('invalid_request')
  const about = { reason: 'pushed-request-of-another-client', pushedBy: refusal.pushedBy }
  currentUnit().refusals.push({ type: 'client.refused', outcome: 'refused', code, clientId, detail: about })
  return new errors.InvalidRequest('request_uri belongs to another client', undefined, { detail })
}
