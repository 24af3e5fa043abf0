import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Sealer } from './sealing.ts'

export type SigningAlgorithm = 'ES256' | 'EdDSA'

/** A signing key that was made and is not kept yet. */
export interface NewSigningKey {
  readonly kid: string
  /** 1 for the first key, one more for each that follows. */
  readonly generation: number
  readonly algorithm: string
  readonly sealed: Buffer
}

/** A signing key at rest: the private JWK is sealed, and its public part is derived from it, never stored. */
export interface StoredSigningKey extends NewSigningKey {
  /** Whether the time has come that it may sign, by the clock of the database. */
  readonly due: boolean
}

/** Where signing keys are kept. */
export interface SigningKeyTable {
  /** Oldest first, without those that have ended. */
  list(): Promise<readonly StoredSigningKey[]>
  /** Does nothing when another process added this generation first. */
  add(key: NewSigningKey, signsAfterSeconds: number): Promise<void>
}

/** The private keys of this issuer, the one that signs first. The published set is derived from these and nothing else. */
export interface SigningKeys {
  /** Of the key that signs. */
  readonly algorithm: SigningAlgorithm
  readonly jwks: { readonly keys: readonly JWK[] }
}

/** A stored key does not open with any of the configured encryption keys. */
export class SealedKeyError extends Error {
  override readonly name = 'SealedKeyError'
  readonly code = 'SALLYPORT_E_KEY_SEALED'
}

/** How long a browser, a proxy or a resource server may keep the published set; its answer says so. */
export const KEY_SET_MAX_AGE_SECONDS = 300
/** Every process publishes a new key by then, and a slow answer has arrived. */
const PUBLISHING_SECONDS = 30

/** A key is published for this long before it signs: whoever keeps the set has it when the first token comes. */
export const PUBLISHED_BEFORE_SECONDS = KEY_SET_MAX_AGE_SECONDS + PUBLISHING_SECONDS

/**
 * Opens the signing keys, making the first one on an empty database. Processes that start together agree on one key. When
 * the algorithm is a new one, its key is published first and the older one signs until then.
 * @throws SealedKeyError when a stored key does not open: starting without it would silently change the issuer's keys
 */
export async function loadSigningKeys(options: {
  table: SigningKeyTable
  sealer: Sealer
  algorithm: SigningAlgorithm
}): Promise<SigningKeys> {
  const { table, sealer, algorithm } = options
  let opened = openAll(await table.list(), sealer)
  if (!opened.some(({ key }) => key.algorithm === algorithm)) {
    // Only now that all the others opened: a key sealed by mistake with a wrong one would lock everybody out.
    const generation = nextGeneration(opened.map(({ key }) => key))
    await table.add(
      await makeSigningKey(sealer, algorithm, generation),
      opened.length === 0 ? 0 : PUBLISHED_BEFORE_SECONDS,
    )
    opened = openAll(await table.list(), sealer)
  }
  return arrange(opened, algorithm)
}

/** What opens of the keys at rest, and the ids of those that do not. */
export function openWhatOpens(
  stored: readonly StoredSigningKey[],
  { sealer, algorithm }: { sealer: Sealer; algorithm: SigningAlgorithm },
): { keys: SigningKeys; closed: readonly string[] } {
  const opened = stored.map((key) => ({ key, jwk: openKey(sealer, key) }))
  const closed = opened.filter(({ jwk }) => jwk === undefined).map(({ key }) => key.kid)
  return { keys: arrange(opened.filter(isOpened), algorithm), closed }
}

interface OpenedKey {
  readonly key: StoredSigningKey
  readonly jwk: JWK
}

/**
 * The newest that may sign, of the configured algorithm where there is one. Where none is due, the oldest signs: a first key
 * that another process has just made, or a clock of the database that went back, must not leave an issuer without a key.
 */
export function chooseSigningKey<Key extends Pick<StoredSigningKey, 'due' | 'algorithm'>>(
  oldestFirst: readonly Key[],
  algorithm: SigningAlgorithm,
): Key | undefined {
  const due = oldestFirst.filter((key) => key.due)
  return due.findLast((key) => key.algorithm === algorithm) ?? due.at(-1) ?? oldestFirst[0]
}

function arrange(opened: readonly OpenedKey[], algorithm: SigningAlgorithm): SigningKeys {
  const chosen = chooseSigningKey(
    opened.map(({ key }) => key),
    algorithm,
  )
  const signing = opened.find(({ key }) => key === chosen)
  if (signing === undefined) throw new SealedKeyError('there is no signing key that opens')
  const others = opened.toReversed().filter((each) => each !== signing)
  const inUse = signing.key.algorithm === 'EdDSA' ? 'EdDSA' : 'ES256'
  return { algorithm: inUse, jwks: { keys: [signing, ...others].map(({ jwk }) => jwk) } }
}

function isOpened(each: { key: StoredSigningKey; jwk: JWK | undefined }): each is OpenedKey {
  return each.jwk !== undefined
}

/** What lies in the table, and whether the configured encryption keys open it. Changes nothing. */
export async function inspectSigningKeys(options: {
  table: Pick<SigningKeyTable, 'list'>
  sealer: Sealer
}): Promise<
  readonly { readonly kid: string; readonly generation: number; readonly algorithm: string; readonly opens: boolean }[]
> {
  const stored = await options.table.list()
  return stored.map((key) => {
    const { kid, generation, algorithm } = key
    return { kid, generation, algorithm, opens: opensWith(options.sealer, key) }
  })
}

function openAll(stored: readonly StoredSigningKey[], sealer: Sealer): readonly OpenedKey[] {
  return stored.map((key) => {
    const jwk = openKey(sealer, key)
    if (jwk !== undefined) return { key, jwk }
    throw new SealedKeyError(
      `signing key ${key.kid} does not open with the configured encryption keys: add the key it was sealed with to SALLYPORT_ENCRYPTION_KEYS`,
    )
  })
}

/** The generation that follows all of these. */
export function nextGeneration(stored: readonly Pick<StoredSigningKey, 'generation'>[]): number {
  return Math.max(0, ...stored.map((key) => key.generation)) + 1
}

/** Makes a key pair, sealed for its row; its `kid` is the thumbprint. @see RFC 7638 */
export async function makeSigningKey(
  sealer: Sealer,
  algorithm: SigningAlgorithm,
  generation: number,
): Promise<NewSigningKey> {
  const pair = await generateKeyPair(algorithm, {
    extractable: true,
    ...(algorithm === 'EdDSA' ? { crv: 'Ed25519' } : {}),
  })
  const jwk = await exportJWK(pair.privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  const plaintext = Buffer.from(JSON.stringify({ ...jwk, kid, use: 'sig', alg: algorithm }))
  return { kid, generation, algorithm, sealed: sealer.seal(contextOf(kid), plaintext) }
}

/** Whether the stored key opens, and is the one its row says. */
export function opensWith(sealer: Sealer, key: NewSigningKey): boolean {
  return openKey(sealer, key) !== undefined
}

function openKey(sealer: Sealer, key: NewSigningKey): JWK | undefined {
  const plaintext = sealer.open(contextOf(key.kid), key.sealed)
  return plaintext && JSON.parse(plaintext.toString('utf8'))
}

function contextOf(kid: string) {
  return { purpose: 'signing-key', table: 'signing_keys', rowId: kid } as const
}
