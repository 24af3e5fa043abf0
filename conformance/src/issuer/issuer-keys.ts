import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import type { JWK } from 'jose'

/** A key pair of the issuer, with the public part as its key set shows it. */
export interface IssuerKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly publicJwk: JWK
}

const CURVE_OF = { ES256: 'P-256', ES384: 'P-384' } as const

/**
 * Every key the issuer has. What is published is what a subject may trust; the stranger's key never is.
 * @param kid key id of the first signing key, for issuers that must share one with another issuer
 */
export interface KeyRing {
  readonly current: IssuerKey
  readonly otherCurve: IssuerKey
  readonly stranger: IssuerKey
  readonly retired: IssuerKey | undefined
  /** The JWK set (RFC 7517 §5) as it is published now. */
  published(): { readonly keys: readonly JWK[] }
  /** Makes a key and publishes it beside the others. */
  publishAnother(): IssuerKey
  /** Takes a key that was published beside the others out of the set. */
  withdraw(kid: string): void
  /** Makes a new key the current one and takes the one before out of the set. */
  rotate(): void
}

export function createKeyRing(kid?: string): KeyRing {
  let current = generateKey('ES256', kid)
  let retired: IssuerKey | undefined
  const otherCurve = generateKey('ES384')
  const stranger = generateKey('ES256')
  const others: IssuerKey[] = []
  return {
    otherCurve,
    stranger,
    get current() {
      return current
    },
    get retired() {
      return retired
    },
    published: () => ({ keys: [current, otherCurve, ...others].map(({ publicJwk }) => publicJwk) }),
    publishAnother() {
      const another = generateKey('ES256')
      others.push(another)
      return another
    },
    withdraw(kid) {
      const at = others.findIndex(({ publicJwk }) => publicJwk.kid === kid)
      if (at !== -1) others.splice(at, 1)
    },
    rotate() {
      retired = current
      current = generateKey('ES256')
    },
  }
}

function generateKey(alg: keyof typeof CURVE_OF, kid: string = randomUUID()): IssuerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: CURVE_OF[alg] })
  const publicJwk: JWK = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg, use: 'sig' }
  return { privateKey, publicKey, publicJwk }
}
