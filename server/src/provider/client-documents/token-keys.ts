import type { PublicKey } from '../../config/public-key-set.ts'
import type { KnownDocument } from '../../store/client-documents.ts'
import { stillPublished } from './key-set.ts'
import { inlineKeys, keysUri } from './published-keys.ts'

/** Keys are never older than this when a signature is judged by them: a key that was stolen dies within it. */
export const KEYS_MAX_AGE_SECONDS = 3_600
/** Past this age they are fetched again behind a request, so that those who come later need not wait. */
const KEYS_REFRESH_SECONDS = 600
/** A key id that is not in the set may be a new key; whoever invents ids makes us look no more often than this. */
const UNKNOWN_KEY_SECONDS = 30

/** What to do before an assertion is judged by the keys at hand. */
export type KeysNeed = 'nothing' | 'fetch-behind' | 'fetch-first'

/** Seconds since the keys of a version were seen where it publishes them; infinite when they never were. */
export function keysAge(known: KnownDocument): number {
  const uri = keysUri(known.version.metadata)
  if (uri === undefined) return known.fetchedSecondsAgo
  return known.keys?.uri === uri ? known.keys.ageSeconds : Number.POSITIVE_INFINITY
}

/**
 * The keys a version may be proven by: those behind its `jwks_uri` while the document still names that one, or its own
 * that are still in the document. An empty list verifies nothing.
 */
export function keysOf(known: KnownDocument): readonly PublicKey[] {
  const uri = keysUri(known.version.metadata)
  if (uri === undefined) return stillPublished(inlineKeys(known.version.metadata), inlineKeys(known.current.metadata))
  if (known.keys?.uri !== uri || known.current.metadata.jwks_uri !== uri) return []
  return known.keys.keys as readonly PublicKey[]
}

/** @param kid key id of the assertion at hand, if it names one */
export function judgeKeys(known: KnownDocument, kid: string | undefined): KeysNeed {
  const age = keysAge(known)
  if (age > KEYS_MAX_AGE_SECONDS) return 'fetch-first'
  const isNew = kid !== undefined && keysOf(known).every((key) => key.kid !== kid)
  if (isNew && age > UNKNOWN_KEY_SECONDS) return 'fetch-first'
  return age > KEYS_REFRESH_SECONDS ? 'fetch-behind' : 'nothing'
}
