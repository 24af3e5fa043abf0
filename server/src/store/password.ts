import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { createNarrowGate } from './narrow-gate.ts'
import { OverloadError } from './overload.ts'

/** What Argon2id costs: `memory` in KiB, `passes` over it, `parallelism` in lanes. */
interface Argon2Cost {
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, two passes, one lane is its least recommended setting. */
const COST: Argon2Cost = { memory: 19 * 1024, passes: 2, parallelism: 1 }
/** RFC 9106 §3.1: 16 bytes of salt are enough for every password there is. */
const SALT_BYTES = 16
/** RFC 9106 §4: a tag of 128 bits is enough; 256 leave no doubt. */
const TAG_BYTES = 32

/** Whoever writes a row of the database must not be able to make one sign-in cost a gigabyte or a minute. */
const COST_BOUNDS = {
  memory: { min: 8, max: 256 * 1024 },
  passes: { min: 1, max: 16 },
  parallelism: { min: 1, max: 16 },
} as const
const SALT_BOUNDS = { min: 8, max: 64 } as const
const TAG_BOUNDS = { min: 16, max: 64 } as const

/** Hashing is cheap in the length, but not free: nobody types more, and a body limit is not this module's to trust. */
const MAX_PASSWORD_CHARACTERS = 1024

/** RFC 9106: 0x13, the only version whose hashes are stored. */
const VERSION = 19

/** Half of the four threads of the pool: tokens are signed by the others, which no number of sign-ins takes. */
export const HASHES_AT_ONCE = 2
/** A hash takes some 50 ms: whoever is last waits two seconds, and sign-in pages are loaded again after more. */
export const HASHES_WAITING_MAX = 64

const pass = createNarrowGate({
  atOnce: HASHES_AT_ONCE,
  waiting: HASHES_WAITING_MAX,
  refuse: () => new OverloadError('passwords'),
})
const derive = promisify(argon2)

/**
 * Hashes a password with Argon2id, off the main thread.
 * @returns a PHC string, `$argon2id$v=19$m=…,t=…,p=…$salt$tag`
 * @throws RangeError for a password that `verifyPassword` would not look at
 * @throws OverloadError when too many wait already
 * @see {@link https://www.rfc-editor.org/rfc/rfc9106 RFC 9106}
 */
export async function hashPassword(password: string): Promise<string> {
  if (!isUsable(password)) throw new RangeError('a password has 1 to 1024 characters')
  const salt = randomBytes(SALT_BYTES)
  const tag = await deriveTag(password, { cost: COST, salt, tagBytes: TAG_BYTES })
  const { memory, passes, parallelism } = COST
  return `$argon2id$v=${VERSION}$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`
}

/**
 * Compares a password with a stored hash in a time that does not depend on where they differ.
 * @param phc a PHC string; what is not one, or costs more than its bounds, matches nothing. Undefined is how a caller
 *   without an account spends the same time, so that the time does not tell which logins exist.
 * @throws OverloadError when too many wait already
 */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  if (!isUsable(password)) return false
  const stored = phc === undefined ? undefined : parsePhc(phc)
  if (stored === undefined) {
    await deriveTag(password, { cost: COST, salt: Buffer.alloc(SALT_BYTES), tagBytes: TAG_BYTES })
    return false
  }
  const { cost, salt, tag } = stored
  const derived = await deriveTag(password, { cost, salt, tagBytes: tag.length })
  return timingSafeEqual(derived, tag)
}

interface StoredHash {
  readonly cost: Argon2Cost
  readonly salt: Buffer
  readonly tag: Buffer
}

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{1,128})$/

function parsePhc(phc: string): StoredHash | undefined {
  const match = PHC.exec(phc)
  if (match === null) return undefined
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const stored = { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') }
  const within =
    isWithin(cost.memory, COST_BOUNDS.memory) &&
    isWithin(cost.passes, COST_BOUNDS.passes) &&
    isWithin(cost.parallelism, COST_BOUNDS.parallelism) &&
    // RFC 9106 §3.1: each lane needs eight blocks.
    cost.memory >= 8 * cost.parallelism &&
    isWithin(stored.salt.length, SALT_BOUNDS) &&
    isWithin(stored.tag.length, TAG_BOUNDS)
  return within ? stored : undefined
}

function isWithin(value: number, bounds: { readonly min: number; readonly max: number }): boolean {
  return value >= bounds.min && value <= bounds.max
}

function isUsable(password: string): boolean {
  return password.length > 0 && password.length <= MAX_PASSWORD_CHARACTERS
}

/** NIST SP 800-63B-4 §3.1.1.2: keyboards write the same letter in several ways, so passwords are normalised first. */
function deriveTag(
  password: string,
  { cost, salt, tagBytes }: { readonly cost: Argon2Cost; readonly salt: Buffer; readonly tagBytes: number },
): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'), 'utf8')
  return pass(() => derive('argon2id', { message, nonce: salt, tagLength: tagBytes, ...cost }))
}

/** PHC strings use base64 without padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
