import type { PublicKey } from '../../config/public-key-set.ts'

/** What is kept of one version of a document. */
export type VersionMetadata = Readonly<Record<string, unknown>>

/** Where the keys of a version are published, unless they lie in itself. */
export function keysUri({ jwks_uri: uri }: VersionMetadata): string | undefined {
  return typeof uri === 'string' ? uri : undefined
}

/** The keys that lie in a version itself; they were judged before it was stored. */
export function inlineKeys({ jwks }: VersionMetadata): readonly PublicKey[] {
  return typeof jwks === 'object' && jwks !== null && 'keys' in jwks ? (jwks.keys as readonly PublicKey[]) : []
}
