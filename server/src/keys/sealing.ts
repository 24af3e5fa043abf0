import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { Secret } from '../config/secret.ts'

/** Where a sealed value lives. A ciphertext moved to another row, or used for another purpose, does not open. */
export interface SealingContext {
  readonly purpose: SealingPurpose
  readonly table: string
  readonly rowId: string
}

/** Each purpose has its own subkey, so that a value sealed for one cannot be opened as another. */
export type SealingPurpose = 'signing-key' | 'interaction'
/** Purposes of subkeys that are used for message authentication instead. */
export type MacPurpose =
  | 'refresh-token-successor'
  | 'authorization-code'
  | 'form-token'
  | 'probe'
  | 'dpop-nonce'
  | 'limit'
  | 'passkey-challenge'

/** Authenticated encryption of what lies in the database and in cookies. */
export interface Sealer {
  seal(context: SealingContext, plaintext: Uint8Array): Buffer
  /** The plaintext, or undefined for anything that is not ours, unaltered and in its place. */
  open(context: SealingContext, sealed: Uint8Array): Buffer | undefined
  /** Id of the key that seals. */
  readonly keyId: string
  /** Ids of all keys, the one that seals first. They tell nothing about the keys. */
  readonly keyIds: readonly string[]
  /** One subkey for each configured key, the first in use, the others still valid. */
  macKeys(purpose: MacPurpose): readonly [Buffer, ...Buffer[]]
}

const FORMAT = 1
const KEY_BYTES = 32
const KEY_ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + KEY_ID_BYTES + IV_BYTES + TAG_BYTES

/**
 * @param keys each 32 bytes in base64; the first seals, all open
 * @throws RangeError when there is no key or one has another length
 */
export function createSealer(keys: readonly Secret[]): Sealer {
  const [first, ...others] = keys.map(decodeKey)
  if (first === undefined) throw new RangeError('at least one encryption key is needed')
  const masters = [first, ...others]
  return {
    seal(context, plaintext) {
      const iv = randomBytes(IV_BYTES)
      const keyId = keyIdOf(first)
      const cipher = createCipheriv('aes-256-gcm', subkey(first, context.purpose), iv)
      cipher.setAAD(additionalData(context, keyId))
      const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
      return Buffer.concat([Buffer.of(FORMAT), keyId, iv, cipher.getAuthTag(), body])
    },
    open(context, sealed) {
      const bytes = Buffer.from(sealed)
      if (bytes.length < HEADER_BYTES || bytes[0] !== FORMAT) return undefined
      const keyId = bytes.subarray(1, 1 + KEY_ID_BYTES)
      const master = masters.find((candidate) => keyIdOf(candidate).equals(keyId))
      return master && decrypt(subkey(master, context.purpose), additionalData(context, keyId), bytes)
    },
    keyId: keyIdOf(first).toString('hex'),
    keyIds: masters.map((master) => keyIdOf(master).toString('hex')),
    macKeys: (purpose) => [subkey(first, purpose), ...others.map((other) => subkey(other, purpose))],
  }
}

/** Id of the key that a value was sealed with, or undefined for what nobody here sealed. */
export function keyIdOfSealed(sealed: Uint8Array): string | undefined {
  if (sealed.length < HEADER_BYTES || sealed[0] !== FORMAT) return undefined
  return Buffer.from(sealed.subarray(1, 1 + KEY_ID_BYTES)).toString('hex')
}

function decrypt(key: Buffer, aad: Buffer, bytes: Buffer): Buffer | undefined {
  const iv = bytes.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + IV_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(bytes.subarray(HEADER_BYTES - TAG_BYTES, HEADER_BYTES))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(HEADER_BYTES)), decipher.final()])
  } catch {
    // A tag that does not match: altered, moved, or sealed by a key we do not have. All of them mean "not ours".
    return undefined
  }
}

function decodeKey(key: Secret): Buffer {
  const bytes = Buffer.from(key.reveal(), 'base64')
  if (bytes.length !== KEY_BYTES) throw new RangeError(`an encryption key must be ${KEY_BYTES} bytes in base64`)
  return bytes
}

// Names the key version inside the ciphertext; a digest of 4 bytes tells nothing about the key.
function keyIdOf(master: Buffer): Buffer {
  return createHash('sha256').update('sallyport key id').update(master).digest().subarray(0, KEY_ID_BYTES)
}

function subkey(master: Buffer, purpose: SealingPurpose | MacPurpose): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', `sallyport/${purpose}`, KEY_BYTES))
}

function additionalData({ purpose, table, rowId }: SealingContext, keyId: Buffer): Buffer {
  return Buffer.from(JSON.stringify([purpose, table, rowId, keyId.toString('hex')]))
}
