import { createHash } from 'node:crypto'
import type { ClientMetadata } from './client-metadata.ts'

/** What each registration is given anew. */
const GIVEN = ['client_id', 'client_id_issued_at']

/** Redirect URIs whose port is chosen each time the program starts. @see RFC 8252 §7.3 */
const LOOPBACK_PORT = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)):\d+(?=[/?]|$)/i

/**
 * Digest of what a registration says, for clients that are as good as each other when they say the same: those without a
 * secret and without keys. Whatever is kept of a client counts, so that nobody is taken for one that may do more.
 * @param metadata as it came out of the normaliser and the engine
 * @returns undefined for a client that can prove who it is, which is never anybody else
 */
export function contentHashOf(metadata: ClientMetadata): Buffer | undefined {
  const { token_endpoint_auth_method: method, client_secret: secret, jwks, redirect_uris: uris } = metadata
  if (method !== 'none' || secret !== undefined || jwks !== undefined || !Array.isArray(uris)) return undefined
  const redirects = [...new Set(uris.map((uri) => String(uri).replace(LOOPBACK_PORT, '$1')))].sort()
  const said = Object.entries({ ...metadata, redirect_uris: redirects }).filter(([name]) => !GIVEN.includes(name))
  const inOrder = said.sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(inOrder)).digest()
}
