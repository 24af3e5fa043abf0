import type { JWK } from 'jose'
import { readCompact, signCompact } from '../../issuer/compact.ts'
import type { MintChange } from '../../issuer/hostile-issuer.ts'
import { createKeyRing } from '../../issuer/issuer-keys.ts'
import { mintToken } from '../../issuer/mint.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'

/** Makes tokens that are like the accepted one but for what is asked. */
export interface Forger {
  readonly audience: string
  /** The issuer that the server trusts; undefined when only a token without an issuer is known. */
  readonly issuer: string | undefined
  /** Key id that sound tokens name. */
  readonly kid: string | undefined
  /** Public part of the key that `stranger` signs with. */
  readonly strangerKey: JWK
  /** Seconds since the epoch. */
  readonly now: number
  /** @returns undefined for what needs a key of the issuer, where there is none */
  forge(change: MintChange): Promise<string | undefined>
}

export function createForger(subject: ServerSubject): Forger {
  return subject.issuer === undefined ? forgerOfStranger(subject) : forgerOfIssuer(subject, subject.issuer)
}

function forgerOfIssuer(subject: ServerSubject, issuer: NonNullable<ServerSubject['issuer']>): Forger {
  const { audience } = subject
  const base = soundPart(subject)
  return {
    audience,
    issuer: issuer.issuer,
    kid: issuer.publicKey.kid,
    strangerKey: issuer.strangerKey,
    now: nowSeconds(),
    forge: (change) => issuer.mint(audience, merge(base, change)),
  }
}

/** Against an issuer that is not ours: what anybody can do who holds one good token. */
function forgerOfStranger({ acceptedToken = '', audience }: ServerSubject): Forger {
  const real = readCompact(acceptedToken)
  const keys = createKeyRing()
  const issuer = typeof real?.claims.iss === 'string' ? real.claims.iss : undefined
  const now = nowSeconds()
  return {
    audience,
    issuer,
    kid: typeof real?.header.kid === 'string' ? real.header.kid : undefined,
    strangerKey: keys.stranger.publicJwk,
    now,
    async forge(change) {
      if (real === undefined) return undefined
      if (change.signature === 'none') {
        const header = { ...real.header, alg: 'none', ...change.header }
        return bent(signCompact(header, JSON.stringify({ ...real.claims, ...change.claims }), { kind: 'none' }), change)
      }
      if (change.signature === 'stranger') {
        const base = { claims: real.claims, header: { typ: real.header.typ } }
        return mintToken({ issuer: issuer ?? '', keys, now }, audience, merge(base, change)).token
      }
      const asItIs = change.signature ?? change.claims ?? change.header ?? change.bendPayload
      return asItIs === undefined && change.bend !== undefined ? bent(acceptedToken, change) : undefined
    },
  }
}

function merge(base: Pick<MintChange, 'claims' | 'header'>, change: MintChange): MintChange {
  return { ...change, claims: { ...base.claims, ...change.claims }, header: { ...base.header, ...change.header } }
}

function bent(token: string, { bend }: MintChange): string {
  return bend === undefined ? token : bend(token)
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000)
}
