/** A public key of a client as JSON Web Key (RFC 7517); members that say nothing about the key are not kept. */
export type PublicKey = Readonly<Record<string, string>>

export interface PublicKeySet {
  readonly keys: readonly PublicKey[]
}

export type PublicKeySetJudgement =
  | { readonly ok: true; readonly jwks: PublicKeySet }
  | { readonly ok: false; readonly reason: string }

/** One in use, one to rotate to, and some room; each costs a try at every signature without a `kid`. */
const MAX_CLIENT_KEYS = 10
/** Characters of base64url. An RSA modulus of 4096 bits has 683. */
const MAX_MEMBER_LENGTH = 1400
/** Base64url of a modulus of 2048 bits; shorter ones can be factored, longer by years. @see RFC 7518 §3.3 */
const MIN_MODULUS_LENGTH = 342

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const KEPT = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use']

const BASE64URL = /^[A-Za-z0-9_-]+$/
/** Among them null characters and halves of surrogate pairs, which JSON can spell and the database cannot hold. */
const NOT_PRINTABLE = /\p{C}/u

/**
 * Judges the public keys of a client that signs in by key.
 * @param value a JWK Set as data, from wherever it came
 * @returns the set with nothing in it but public members, or what is wrong as the end of a sentence
 * @see RFC 7517 §5, RFC 7518 §6
 */
export function judgePublicKeySet(value: unknown): PublicKeySetJudgement {
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
  if (!Array.isArray(keys) || keys.length === 0) return refuse('must be a JWK Set with at least one key')
  if (keys.length > MAX_CLIENT_KEYS) return refuse(`must not hold more than ${MAX_CLIENT_KEYS} keys`)
  const judged = keys.map((key: unknown, index) => ({ index, ...judgeKey(key) }))
  const bad = judged.find(({ reason }) => reason !== undefined)
  if (bad !== undefined) return refuse(`keys[${bad.index}] ${bad.reason}`)
  return { ok: true, jwks: { keys: judged.map(({ key }) => key) } }
}

function refuse(reason: string): PublicKeySetJudgement {
  return { ok: false, reason }
}

function judgeKey(value: unknown): { key: PublicKey; reason?: string | undefined } {
  if (typeof value !== 'object' || value === null) return { key: {}, reason: 'must be a JSON Web Key' }
  // A private key in a place for public ones is one that others have read: it must not be used at all.
  if (PRIVATE_MEMBERS.some((name) => name in value)) {
    return { key: {}, reason: 'holds a private or shared key: give the public part, and make a new key' }
  }
  const entries = Object.entries(value).filter(([name]) => KEPT.includes(name))
  if (!entries.every((entry): entry is [string, string] => isMember(entry[1]))) {
    return { key: {}, reason: 'has a member that is not printable text, or too long' }
  }
  const key: PublicKey = Object.fromEntries(entries)
  return { key, reason: refuseUse(key) ?? refuseParameters(key) }
}

function isMember(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_MEMBER_LENGTH && !NOT_PRINTABLE.test(value)
}

function refuseUse({ use }: PublicKey): string | undefined {
  return use === undefined || use === 'sig' ? undefined : 'is not for signatures'
}

function refuseParameters(key: PublicKey): string | undefined {
  const isSet = (...names: string[]) => names.every((name) => BASE64URL.test(key[name] ?? ''))
  switch (key.kty) {
    case 'EC':
      return key.crv === 'P-256' && isSet('x', 'y') ? undefined : 'must be on the curve P-256'
    case 'OKP':
      return key.crv === 'Ed25519' && isSet('x') ? undefined : 'must be on the curve Ed25519'
    case 'RSA':
      return isSet('n', 'e') && (key.n ?? '').length >= MIN_MODULUS_LENGTH ? undefined : 'must have 2048 bits or more'
    default:
      return 'must be of type EC, OKP or RSA'
  }
}
