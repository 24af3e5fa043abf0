import { judgePublicKeySet, type PublicKey } from '../../config/public-key-set.ts'
import { type DocumentRefusal, refuse } from './refusal.ts'

/** What is read of a set at all; each key that stays costs a try at a signature without a `kid`. */
const MAX_KEYS = 10

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/**
 * Judges the keys a client publishes. Keys of kinds that verify nothing here are left out, because a set serves other
 * parties too; one that holds a private or shared key is refused whole, because everybody has read it.
 * @param value a JWK Set as data
 * @see RFC 7517 §5
 */
export function judgeKeySet(
  value: unknown,
): { readonly ok: true; readonly keys: readonly PublicKey[] } | DocumentRefusal {
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined
  if (!Array.isArray(keys)) return refuse('keys', 'is not a JWK Set')
  if (keys.length > MAX_KEYS) return refuse('keys', `holds more than ${MAX_KEYS} keys`)
  if (keys.some(isSecret)) return refuse('keys', 'holds a private or shared key')
  const usable = keys.flatMap((key: unknown) => {
    const judged = judgePublicKeySet({ keys: [key] })
    return judged.ok ? judged.jwks.keys : []
  })
  return usable.length === 0 ? refuse('keys', 'holds no key that verifies signatures') : { ok: true, keys: usable }
}

/** The keys of a version that its document still had when it was fetched last: one that is missing there is dead. */
export function stillPublished(keys: readonly PublicKey[], now: readonly PublicKey[]): readonly PublicKey[] {
  const published = new Set(now.map(identityOf))
  return keys.filter((key) => published.has(identityOf(key)))
}

/** One text for one key, whatever the order of its members. */
export function identityOf(key: PublicKey): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isSecret(key: unknown): boolean {
  if (typeof key !== 'object' || key === null) return false
  return PRIVATE_MEMBERS.some((name) => name in key) || ('kty' in key && key.kty === 'oct')
}
