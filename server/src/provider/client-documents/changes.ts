import { identityOf } from './key-set.ts'
import { inlineKeys, keysUri, type VersionMetadata } from './published-keys.ts'

/** One thing that two versions of a document say differently, of those that people agree to. */
export type ClientChange =
  | { readonly kind: 'name'; readonly before: string; readonly now: string }
  | { readonly kind: 'redirects'; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly kind: 'method'; readonly signs: boolean }
  /** Keys in the document itself. */
  | { readonly kind: 'keys'; readonly added: number; readonly removed: number }
  /** Where the keys are; undefined for the document itself. */
  | { readonly kind: 'keys-place'; readonly before: string | undefined; readonly now: string | undefined }

/**
 * What a person who agreed to one version of a document would not know of another. Pure; empty for the same digest.
 * @param before metadata as it was kept
 */
export function changesBetween(before: VersionMetadata, now: VersionMetadata): readonly ClientChange[] {
  return [
    ...nameChange(String(before.client_name), String(now.client_name)),
    ...redirectChange(redirectsOf(before), redirectsOf(now)),
    ...proofChange(before, now),
  ]
}

function nameChange(before: string, now: string): readonly ClientChange[] {
  return before === now ? [] : [{ kind: 'name', before, now }]
}

function redirectChange(before: readonly string[], now: readonly string[]): readonly ClientChange[] {
  const [added, removed] = [without(now, before), without(before, now)]
  return added.length + removed.length === 0 ? [] : [{ kind: 'redirects', added, removed }]
}

/** Keys mean nothing where they prove nothing: another method is told alone. */
function proofChange(before: VersionMetadata, now: VersionMetadata): readonly ClientChange[] {
  if (signs(before) !== signs(now)) return [{ kind: 'method', signs: signs(now) }]
  const places = { before: keysUri(before), now: keysUri(now) }
  if (places.before !== places.now) return [{ kind: 'keys-place', ...places }]
  const [old, current] = [before, now].map((version) => inlineKeys(version).map(identityOf))
  const added = without(current ?? [], old ?? []).length
  const removed = without(old ?? [], current ?? []).length
  return added + removed === 0 ? [] : [{ kind: 'keys', added, removed }]
}

function signs(version: VersionMetadata): boolean {
  return version.token_endpoint_auth_method === 'private_key_jwt'
}

function redirectsOf({ redirect_uris: uris }: VersionMetadata): readonly string[] {
  return Array.isArray(uris) ? [...new Set(uris.map(String))] : []
}

function without(list: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others)
  return list.filter((each) => !known.has(each))
}
