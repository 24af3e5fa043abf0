// The one module that imports the engine's own files, or reaches for what its types do not show. Neither carries a
// promise: a test pins what is used here.
import type { Provider } from 'oidc-provider'
// @ts-expect-error -- the engine ships no types for this file; `record` checks what is read from it
import { defaults } from 'oidc-provider/lib/helpers/defaults.js'
import type { KnownNames } from './compose.ts'

/**
 * Every name the installed engine reads from its configuration, taken from its own defaults.
 * @throws TypeError when the engine's file no longer has that shape
 */
export function namesKnownToTheEngine(): KnownNames {
  const all = record(defaults, 'defaults')
  const members = (key: string): ReadonlySet<string> => new Set(Object.keys(record(all[key], key)))
  const features = Object.entries(record(all.features, 'features'))
  return {
    keys: new Set(Object.keys(all)),
    features: Object.fromEntries(features.map(([name, value]) => [name, new Set(Object.keys(record(value, name)))])),
    ttl: members('ttl'),
    routes: members('routes'),
    enabledJWA: members('enabledJWA'),
  }
}

/**
 * What the engine judges client metadata with.
 * @throws TypeError when it is not where it was, or judges no redirect URIs
 */
export function schemaOf(provider: Provider): object {
  const schema: unknown = Reflect.get(provider.Client, 'Schema')
  const prototype: unknown = typeof schema === 'function' ? schema.prototype : undefined
  if (typeof prototype !== 'object' || prototype === null || !('redirectUris' in prototype))
    throw new TypeError("the engine's schema of clients is not where it was")
  return prototype
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`the engine's ${name} are not where they were`)
  return { ...value }
}
