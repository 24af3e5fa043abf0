import { equalInConstantTime } from '../keys/equal.ts'
import { hashClientSecret, type RegisteredClient } from '../store/clients.ts'
import type { ClientMetadata } from './client-metadata.ts'
import { needsSecret } from './clients.ts'
import { rowOf } from './registration-answer.ts'

/** What only this server says of a client. @see RFC 7592 §2.2 */
const NEVER_SENT = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
]

/**
 * Judges what is to become of a registered client: the same client, its secret as it is, and everything else as it is sent.
 * @param sent the body of the request, undefined where it holds no object
 * @param newSecret for a client that gets its first
 * @see RFC 7592 §2.2
 */
export function judgeChange(
  client: RegisteredClient,
  sent: ClientMetadata | undefined,
  newSecret: () => string,
): { ok: true; metadata: ClientMetadata } | { ok: false; reason: string } {
  if (sent === undefined) return { ok: false, reason: 'a change is a JSON object, sent as application/json' }
  const never = NEVER_SENT.find((name) => sent[name] !== undefined)
  if (never !== undefined) return { ok: false, reason: `${never} is never sent: this server says it` }
  if (sent.client_id !== client.id) return { ok: false, reason: 'client_id must be that of the client that is changed' }
  const { client_secret: kept } = client.metadata
  if (sent.client_secret !== undefined && !isSecret(sent.client_secret, kept)) {
    return { ok: false, reason: 'client_secret is not the one of this client: leave it out, or send it as it is' }
  }
  const { client_secret: _secret, ...rest } = sent
  // Blank means absent, and what is absent goes back to what it is for whoever does not say.
  const said = Object.entries(rest).filter(([, value]) => value !== null && value !== '')
  const metadata = { ...Object.fromEntries(said), ...rowOf(client) }
  if (!needsSecret(rest)) return { ok: true, metadata }
  return { ok: true, metadata: { ...metadata, client_secret: kept ?? newSecret(), client_secret_expires_at: 0 } }
}

function isSecret(presented: unknown, kept: unknown): boolean {
  if (typeof presented !== 'string' || typeof kept !== 'string') return false
  return equalInConstantTime(hashClientSecret(presented), kept)
}
