import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose'
import type { KeySet } from '../issuer/keys.ts'

/**
 * Whether the signature of a token fits the published keys.
 * @returns undefined where that cannot be said: no key of that name, several of them, or an algorithm that is not known here
 */
export async function fitsKeys(token: string, keySet: KeySet | undefined): Promise<boolean | undefined> {
  if (keySet === undefined) return undefined
  try {
    await compactVerify(token, createLocalJWKSet(keySet as unknown as JSONWebKeySet))
    return true
  } catch (error) {
    return error instanceof errors.JWSSignatureVerificationFailed ? false : undefined
  }
}
