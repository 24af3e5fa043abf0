import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'
import type { AdapterPayload } from 'oidc-provider'
import type { Sealer } from '../keys/sealing.ts'
import { hashId } from '../store/id-hash.ts'
import type { InteractionRows } from '../store/interactions.ts'
import { currentUnit, type RequestFacts } from '../store/unit-of-work.ts'
import { ROUTES } from './routes.ts'

const deflate = promisify(deflateRaw)
const inflate = promisify(inflateRaw)

// Browsers keep 4,096 bytes of a cookie with its name and attributes; a state above this goes into a row instead.
const COOKIE_BYTES_MAX = 3_500
// A sealed state is ours, and still nothing that grows without an end is unpacked.
const STATE_BYTES_MAX = 65_536
// In place of a state that lies in a row: the cookie must still hold what nobody else knows, because the uid is in addresses.
const ROW_PREFIX = 'row.'
const ROW_KEY_BYTES = 32

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
  const context = (rowId: string) => ({ purpose: 'interaction', table: 'interactions', rowId }) as const
  const path = (uid: string): string => `${basePath}${ROUTES.authorization}/${uid}`
  // By the digest that the table has, so that a row can be sealed anew by who does not have the cookie.
  const rowContext = (key: string) => context(hashId(key).toString('hex'))
  const open = async (uid: string, cookie: string): Promise<Buffer | undefined> => {
    if (!cookie.startsWith(ROW_PREFIX)) return sealer.open(context(uid), Buffer.from(cookie, 'base64url'))
    const sealed = await rows.find(uid + cookie)
    return sealed && sealer.open(rowContext(uid + cookie), sealed)
  }
  return {
    async read(uid) {
      const cookie = currentUnit().cookies.get(cookieName)
      const opened = cookie === undefined ? undefined : await open(uid, cookie)
      if (opened === undefined) return undefined
      const state: InteractionState = JSON.parse(
        (await inflate(opened, { maxOutputLength: STATE_BYTES_MAX })).toString(),
      )
      return Number(state.payload.exp) > now() ? state : undefined
    },
    async write(uid, state) {
      const packed = await deflate(JSON.stringify(state))
      const expiresAt = Number(state.payload.exp)
      let value = sealer.seal(context(uid), packed).toString('base64url')
      if (value.length > COOKIE_BYTES_MAX) {
        value = ROW_PREFIX + randomBytes(ROW_KEY_BYTES).toString('base64url')
        await rows.put(uid + value, sealer.seal(rowContext(uid + value), packed), expiresAt)
      }
      currentUnit().cookies.set(cookieName, value, { path: path(uid), maxAgeSeconds: expiresAt - now() })
    },
    clear(uid) {
      currentUnit().cookies.set(cookieName, undefined, { path: path(uid), maxAgeSeconds: 0 })
    },
  }
}
