import type { PublicKey } from '../../config/public-key-set.ts'

/** What is kept of one version of a document. */
export type VersionMetadata = Readonly<Record<string, unknown>>

/** The keys that lie in a version itself; they were judged before it was stored. */
export function inlineKeys({ jwks }: VersionMetadata): readonly PublicKey[] {
  return typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? (jwks.keys as readonly PublicKey[]) : []
}
