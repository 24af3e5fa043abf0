import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Sealer } from './sealing.ts'

export type SigningAlgorithm = 'ES256' | 'EdDSA'

/** A signing key at rest: the private JWK is sealed, and its public part is derived from it, never stored. */
export interface StoredSigningKey {
  readonly kid: string
  /** 1 for the first key, one more for each that follows. */
  readonly generation: number
  readonly algorithm: string
  readonly sealed: Buffer
}

/** Where signing keys are kept. */
export interface SigningKeyTable {
  /** Oldest first. */
  list(): Promise<readonly StoredSigningKey[]>
  /** Does nothing when another process added this generation first. */
  add(key: StoredSigningKey): Promise<void>
}

/** The private keys of this issuer, the one that signs first. The published set is derived from these and nothing else. */
export interface SigningKeys {
  readonly algorithm: SigningAlgorithm
  readonly jwks: { readonly keys: readonly JWK[] }
}

/** A stored key does not open with any of the configured encryption keys. */
export class SealedKeyError extends Error {
  override readonly name = 'SealedKeyError'
  readonly code = 'SALLYPORT_E_KEY_SEALED'
}

/**
 * Opens the signing keys, making the first one on an empty database. Processes that start together agree on one key.
 * @throws SealedKeyError when a stored key does not open: starting without it would silently change the issuer's keys
 */
export async function loadSigningKeys(options: {
  table: SigningKeyTable
  sealer: Sealer
  algorithm: SigningAlgorithm
}): Promise<SigningKeys> {
  const { table, sealer, algorithm } = options
  let opened = await openAll(table, sealer)
  if (!opened.some(({ key }) => key.algorithm === algorithm)) {
    // Only now that all the others opened: a key sealed by mistake with a wrong one would lock everybody out.
    await table.add(await makeKey(sealer, algorithm, nextGeneration(opened.map(({ key }) => key))))
    opened = await openAll(table, sealer)
  }
  const inUse = opened.filter(({ key }) => key.algorithm === algorithm).toReversed()
  const others = opened.filter(({ key }) => key.algorithm !== algorithm)
  return { algorithm, jwks: { keys: [...inUse, ...others].map(({ jwk }) => jwk) } }
}

/** What lies in the table, and whether the configured encryption keys open it. Changes nothing. */
export async function inspectSigningKeys(options: {
  table: SigningKeyTable
  sealer: Sealer
}): Promise<
  readonly { readonly kid: string; readonly generation: number; readonly algorithm: string; readonly opens: boolean }[]
> {
  const stored = await options.table.list()
  return stored.map(({ kid, generation, algorithm, sealed }) => {
    return { kid, generation, algorithm, opens: options.sealer.open(contextOf(kid), sealed) !== undefined }
  })
}

async function openAll(table: SigningKeyTable, sealer: Sealer) {
  return (await table.list()).map((key) => ({ key, jwk: openKey(sealer, key) }))
}

function nextGeneration(stored: readonly StoredSigningKey[]): number {
  return Math.max(0, ...stored.map((key) => key.generation)) + 1
}

async function makeKey(sealer: Sealer, algorithm: SigningAlgorithm, generation: number): Promise<StoredSigningKey> {
  const pair = await generateKeyPair(algorithm, {
    extractable: true,
    ...(algorithm === 'EdDSA' ? { crv: 'Ed25519' } : {}),
  })
  const jwk = await exportJWK(pair.privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  const plaintext = Buffer.from(JSON.stringify({ ...jwk, kid, use: 'sig', alg: algorithm }))
  return { kid, generation, algorithm, sealed: sealer.seal(contextOf(kid), plaintext) }
}

function openKey(sealer: Sealer, key: StoredSigningKey): JWK {
  const plaintext = sealer.open(contextOf(key.kid), key.sealed)
  if (plaintext === undefined) {
    throw new SealedKeyError(
      `signing key ${key.kid} does not open with the configured encryption keys: add the key it was sealed with to SALLYPORT_ENCRYPTION_KEYS`,
    )
  }
  const jwk: JWK = JSON.parse(plaintext.toString('utf8'))
  return jwk
}

function contextOf(kid: string) {
  return { purpose: 'signing-key', table: 'signing_keys', rowId: kid } as const
}
