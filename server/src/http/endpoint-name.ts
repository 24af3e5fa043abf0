import { ENGINE_ENDPOINTS } from './endpoints.ts'

/** Endpoints whose path holds something of a request, which is never part of a name. */
const VARYING: readonly (readonly [path: RegExp, name: string])[] = [
  [/^\/authorize\/[^/]+$/, '/authorize/{uid}'],
  [/^\/authorize\/[^/]+\/sign-in$/, '/authorize/{uid}/sign-in'],
  [/^\/authorize\/[^/]+\/consent$/, '/authorize/{uid}/consent'],
  [/^\/authorize\/[^/]+\/continue$/, '/authorize/{uid}/continue'],
  [/^\/register\/[^/]+$/, '/register/{id}'],
  [/^\/resources\/[^/]+\/protected-resource-metadata$/, '/resources/{id}/protected-resource-metadata'],
  [/^\/resources\/[^/]+\/revocations$/, '/resources/{id}/revocations'],
]

const PAGES = ['/account', '/account/sign-in', '/logout']

const FIXED: ReadonlySet<string> = new Set([...ENGINE_ENDPOINTS.keys(), ...PAGES])

/** Every name that `endpointName` gives, apart from `other`. */
export const ENDPOINT_NAMES: readonly string[] = [...FIXED, ...VARYING.map(([, name]) => name)]

/**
 * Names the endpoint of a path by one of a closed list, so that whoever counts requests by it counts few things.
 * @param path below the issuer
 */
export function endpointName(path: string): string {
  if (FIXED.has(path)) return path
  return VARYING.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}
