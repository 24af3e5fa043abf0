import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { exchange, FRONT } from '../exchange/chain.ts'
import type { TestServer } from '../setup/authorization-server.ts'
import { type Authorization, redeem, refresh, type TokenAnswer } from '../setup/flow.ts'
import { type KeyClient, proofOf } from '../setup/key-client.ts'
import type { Ledger } from './ledger.ts'

/** Who was told to come again does, sooner than told: a fault lasts a moment here. */
const PAUSE_MS = 40
/** Of proofs, so that a process whose clock is two minutes off, either way, takes them. */
const PROOF = { exp: 150, iat: undefined }

/** A code that nobody has redeemed. */
export interface Waiting {
  readonly request: Authorization
  readonly code: string
}

type Body = TokenAnswer['body']

/** Requests of clients that do not give up: each goes to one process after the other until it is decided. */
export interface PersistentRequests {
  /** @returns undefined where an earlier try used the code up and its answer got lost */
  redeem(waiting: Waiting, turn: number): Promise<Body | undefined>
  /** @returns undefined where the login is over, which is a finding */
  refresh(token: string, turn: number): Promise<Body | undefined>
  /** One try: a token for a token is asked for again and again anyway. */
  exchange(accessToken: string, turn: number): Promise<void>
}

/**
 * @param asking.at the process that is asked at that turn
 * @param asking.front the client that exchanges
 * @param asking.endedKeys ids of signing keys whose tokens are refused
 */
export function createPersistentRequests(asking: {
  ledger: Ledger
  at: (turn: number) => TestServer
  clientId: string
  front: KeyClient
  endedKeys: ReadonlySet<string>
}): PersistentRequests {
  const { ledger, at, clientId, front, endedKeys } = asking
  const { lost } = ledger.findings
  return {
    async redeem({ request, code }, first) {
      for (let turn = first; ; turn += 1) {
        const answer = await ledger.ask(redeem(at(turn), request, code, { resource: FRONT }))
        if (answer?.status === 200) return answer.body
        if (answer !== undefined) {
          // A use whose answer got lost is a use. Without one before, nobody can have used it.
          if (turn === first) lost.push({ what: 'a code', ...answer })
          return undefined
        }
        await sleep(PAUSE_MS)
      }
    },
    async refresh(token, first) {
      for (let turn = first; ; turn += 1) {
        const answer = await ledger.ask(refresh(at(turn), clientId, token))
        if (answer?.status === 200) return answer.body
        if (answer !== undefined) {
          lost.push({ what: 'a refresh token', ...answer })
          return undefined
        }
        await sleep(PAUSE_MS)
      }
    },
    async exchange(token, turn) {
      const issuer = String(decodeJwt(token).iss)
      const proof = await proofOf({ issuer }, front, { claims: PROOF })
      const answer = await ledger.ask(exchange(at(turn), front, token, proof))
      if (answer?.status === 200) ledger.noteExchange(String(decodeJwt(String(answer.body.access_token)).jti))
      else if (answer !== undefined && !endedKeys.has(String(decodeProtectedHeader(token).kid))) {
        lost.push({ what: 'an access token', ...answer })
      }
    },
  }
}
