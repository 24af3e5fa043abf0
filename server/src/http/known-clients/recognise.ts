import { withoutLoopbackPort } from '../../config/redirect-uri.ts'
import type { ListedClient } from './known-clients.ts'

/** A request as far as telling its client goes. */
interface Asking {
  readonly clientId: string
  /** What its document calls it, cleaned. */
  readonly name: string
  readonly redirectUri: string
}

/**
 * Whether a request comes from a client of the list. All of it must be as listed: a document that has another name, or an
 * address that nobody told of, is not what the list speaks about.
 */
export function isKnownClient({ clientId, name, redirectUri }: Asking, list: readonly ListedClient[]): boolean {
  const listed = list.find(({ documentUrl }) => documentUrl === clientId)
  return listed?.name === name && listed.redirectUris.includes(withoutLoopbackPort(redirectUri))
}
