import type { Configuration } from 'oidc-provider'
import type { Slice } from './slice.ts'

// Keys that several capabilities fill together; every other key has one owner.
const SHARED_KEYS = ['features', 'ttl', 'routes', 'enabledJWA'] as const
type SharedKey = (typeof SHARED_KEYS)[number]

/** Names the engine knows. It ignores what it does not know, silently, so that a typing error would switch a control off. */
export interface KnownNames {
  readonly keys: ReadonlySet<string>
  readonly features: Readonly<Record<string, ReadonlySet<string>>>
  readonly ttl: ReadonlySet<string>
  readonly routes: ReadonlySet<string>
  readonly enabledJWA: ReadonlySet<string>
}

/**
 * Joins slices into one configuration.
 * @throws TypeError when two slices own one key, or one sets a name the engine does not know
 */
export function compose(slices: Readonly<Record<string, Slice>>, known: KnownNames): Configuration {
  const owners = new Map<string, string>()
  const result: Record<string, unknown> = {}
  const claim = (path: string, owner: string): void => {
    const other = owners.get(path)
    if (other !== undefined) throw new TypeError(`"${path}" is set by both "${other}" and "${owner}"`)
    owners.set(path, owner)
  }
  const entries = Object.entries(slices).flatMap(([owner, slice]) =>
    Object.keys(slice).map((key) => ({ owner, slice, key })),
  )
  for (const { owner, slice, key } of entries) {
    if (!known.keys.has(key)) throw new TypeError(`"${key}" of slice "${owner}" is not a key of the engine`)
    if (isShared(key)) {
      const members = checkedMembers(key, slice, owner, known)
      for (const member of Object.keys(members)) claim(`${key}.${member}`, owner)
      result[key] = { ...(result[key] ?? {}), ...members }
    } else {
      claim(key, owner)
      result[key] = Reflect.get(slice, key)
    }
  }
  return result
}

function checkedMembers(key: SharedKey, slice: Slice, owner: string, known: KnownNames): object {
  const members = slice[key] ?? {}
  for (const member of Object.keys(members)) checkMember(key, member, owner, known)
  if (key === 'features') checkFeatureMembers(slice.features, owner, known)
  return members
}

function isShared(key: string): key is SharedKey {
  return SHARED_KEYS.some((shared) => shared === key)
}

function checkMember(key: SharedKey, member: string, owner: string, known: KnownNames): void {
  const names = key === 'features' ? new Set(Object.keys(known.features)) : known[key]
  if (!names.has(member)) throw new TypeError(`"${key}.${member}" of slice "${owner}" is not known to the engine`)
}

function checkFeatureMembers(features: Slice['features'], owner: string, known: KnownNames): void {
  for (const [feature, members] of Object.entries(features ?? {})) {
    for (const member of Object.keys(members ?? {})) {
      if (known.features[feature]?.has(member)) continue
      throw new TypeError(`"features.${feature}.${member}" of slice "${owner}" is not known to the engine`)
    }
  }
}
