import { createPrivateKey } from 'node:crypto'
import { inflateRawSync, inflateSync } from 'node:zlib'

/** What the bytes or the text of a column are, and why that may lie there. Every binary column has to be here. */
type Form = 'digest' | 'sealed' | 'password hash' | 'public'

interface Vouched {
  readonly form: Form
  readonly why: string
}

const FORMS: ReadonlyMap<string, Vouched> = new Map<string, Vouched>([
  ['identities.password_hash', { form: 'password hash', why: 'argon2id: what a password is compared with' }],
  ['signing_keys.sealed', { form: 'sealed', why: 'private keys under a key of the settings' }],
  ['interactions.sealed', { form: 'sealed', why: 'what is too large for a cookie, under a key of the settings' }],
  ['passkeys.credential_id', { form: 'public', why: 'what an authenticator calls a key, which pages ask for it by' }],
  ['passkeys.public_key', { form: 'public', why: 'what a signature is checked with' }],
  ...[
    ...['session_ids.id_hash', 'interactions.id_hash', 'authorization_codes.id_hash', 'refresh_tokens.id_hash'],
    ...['refresh_tokens.successor_hash', 'replays.id_hash', 'pushed_requests.id_hash', 'limits.key_hash'],
    ...['clients.content_hash', 'clients.management_hash'],
  ].map((column): [string, Vouched] => [column, { form: 'digest', why: 'what is presented is compared with it' }]),
])

const DIGEST_BYTES = 32
const ARGON2 = /^\$argon2id\$v=19\$/

/** Whether a shape of `patterns.ts` belongs into this column. */
export function mayHoldPasswordHash(column: string): boolean {
  return FORMS.get(column)?.form === 'password hash'
}

/**
 * Judges whether a value is what its column is for.
 * @param column `table.column`
 * @param value bytes of a binary column, text of any other
 * @returns what is wrong, as the rest of a sentence
 */
export function judgeForm(column: string, value: Buffer | string): string | undefined {
  const form = FORMS.get(column)?.form
  if (typeof value === 'string') {
    return form === 'password hash' && !ARGON2.test(value) ? 'a password that is not hashed' : undefined
  }
  switch (form) {
    case 'digest':
      return value.length === DIGEST_BYTES ? undefined : 'something that is no digest'
    case 'sealed':
      return isOpen(value) ? 'something that is not sealed' : undefined
    case 'public':
      return isPrivateKey(value) ? 'a private key' : undefined
    default:
      return 'bytes that nobody vouches for: say in canary/columns.ts what they are'
  }
}

/** Whether bytes can be read without a key: as JSON, deflated or not, or as a private key. */
function isOpen(bytes: Buffer): boolean {
  return [() => bytes, () => inflateRawSync(bytes), () => inflateSync(bytes)].some((read) => {
    return succeeds(() => JSON.parse(read().toString('utf8'))) || succeeds(() => readKey(read()))
  })
}

function isPrivateKey(bytes: Buffer): boolean {
  return succeeds(() => readKey(bytes))
}

function readKey(bytes: Buffer): void {
  createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
}

function succeeds(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}
