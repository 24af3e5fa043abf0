import { createHash } from 'node:crypto'
import { withoutLoopbackPort } from '../config/redirect-uri.ts'
import type { ClientMetadata } from './client-metadata.ts'

/** What each registration is given anew. */
const GIVEN = ['client_id', 'client_id_issued_at']

/**
 * Digest of what a registration says, for clients that are as good as each other when they say the same: those without a
 * secret and without keys. Whatever is kept of a client counts, so that nobody is taken for one that may do more.
 * @param metadata as it came out of the normaliser and the engine
 * @returns undefined for a client that can prove who it is, which is never anybody else
 */
export function contentHashOf(metadata: ClientMetadata): Buffer | undefined {
  const { token_endpoint_auth_method: method, client_secret: secret, jwks, redirect_uris: uris } = metadata
  if (method !== 'none' || secret !== undefined || jwks !== undefined || !Array.isArray(uris)) return undefined
  const redirects = [...new Set(uris.map((uri) => withoutLoopbackPort(String(uri))))].sort()
  const said = Object.entries({ ...metadata, redirect_uris: redirects }).filter(([name]) => !GIVEN.includes(name))
  const inOrder = said.sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(inOrder)).digest()
}
