import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import type { AdapterPayload } from 'oidc-provider'
import type { Sealer } from '../keys/sealing.ts'
import type { InteractionRows } from '../store/interactions.ts'
import { currentUnit, type RequestFacts } from '../store/unit-of-work.ts'
import { ROUTES } from './routes.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

// Browsers keep 4,096 bytes of a cookie with its name and attributes; a state above this goes into a row instead.
const COOKIE_BYTES_MAX = 3_500
// A sealed state is ours, and still nothing that grows without an end is unpacked.
const STATE_BYTES_MAX = 65_536
/** In place of the state when it lies in a row. */
const IN_ROW = 'row'

/** The state of one interaction: the engine's own, and what the first request said that its parameters no longer show. */
export interface InteractionState {
  readonly payload: AdapterPayload
  readonly facts: RequestFacts
}

/** Where interactions are kept between their requests. Nothing one-time hangs on them. */
export interface InteractionStates {
  read(uid: string): Promise<InteractionState | undefined>
  write(uid: string, state: InteractionState): Promise<void>
  clear(uid: string): void
}

/**
 * Keeps interactions in a cookie: deflated, sealed, bound to their uid, sent only to their own path.
 * @param options.now seconds since 1970
 */
export function createInteractionStates(options: {
  sealer: Sealer
  rows: InteractionRows
  cookieName: string
  basePath: string
  now: () => number
}): InteractionStates {
  const { sealer, rows, cookieName, basePath, now } = options
  const context = (uid: string) => ({ purpose: 'interaction', table: 'interactions', rowId: uid }) as const
  const path = (uid: string): string => `${basePath}${ROUTES.authorization}/${uid}`
  return {
    async read(uid) {
      const cookie = currentUnit().cookies.get(cookieName)
      if (cookie === undefined) return undefined
      const sealed = cookie === IN_ROW ? await rows.find(uid) : Buffer.from(cookie, 'base64url')
      const opened = sealed && sealer.open(context(uid), sealed)
      if (opened === undefined) return undefined
      const state: InteractionState = JSON.parse(
        (await inflate(opened, { maxOutputLength: STATE_BYTES_MAX })).toString(),
      )
      return Number(state.payload.exp) > now() ? state : undefined
    },
    async write(uid, state) {
      const sealed = sealer.seal(context(uid), await deflate(JSON.stringify(state)))
      const value = sealed.toString('base64url')
      const expiresAt = Number(state.payload.exp)
      const fits = value.length <= COOKIE_BYTES_MAX
      if (!fits) await rows.put(uid, sealed, expiresAt)
      currentUnit().cookies.set(cookieName, fits ? value : IN_ROW, {
        path: path(uid),
        maxAgeSeconds: expiresAt - now(),
      })
    },
    clear(uid) {
      currentUnit().cookies.set(cookieName, undefined, { path: path(uid), maxAgeSeconds: 0 })
    },
  }
}
