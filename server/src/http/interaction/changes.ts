import { type ChangeView, displayAddress, displayName } from '../pages/index.ts'
import type { ClientChange, InteractionDeps, Pending } from './ports.ts'

/** More would push the buttons out of sight; a client that changes all of its addresses is another client. */
const ADDRESSES_SHOWN = 4

/** A pending interaction whose person is known. */
type Asked = Pending & { readonly session: { readonly accountId: string } }

/**
 * What became different about a client since this person agreed to it for this server.
 * @returns undefined where nothing did, or nothing was agreed to
 */
export async function changesSinceConsent(
  pending: Asked,
  { consents, describeChanges }: Pick<InteractionDeps, 'consents' | 'describeChanges'>,
): Promise<readonly ChangeView[] | undefined> {
  const { clientId, clientDigest: now, resourceUri, session } = pending
  if (now === undefined) return undefined
  const found = await consents.findWithAccount({ accountId: session.accountId, clientId, resourceUri })
  if (found?.consent === undefined || found.consent.clientDigest === now) return undefined
  const { clientDigest: before } = found.consent
  const changes = before === undefined ? undefined : await describeChanges({ clientId, before, now })
  // The same key twice is another digest, and nothing that anybody has to know.
  if (changes?.length === 0) return undefined
  return changes === undefined ? [{ kind: 'unknown' }] : changes.flatMap(viewsOf)
}

function viewsOf(change: ClientChange): readonly ChangeView[] {
  switch (change.kind) {
    case 'name': {
      const [before, now] = [displayName(change.before, ''), displayName(change.now, '')]
      return [before === now ? { kind: 'name-unseen' } : { kind: 'name', before, now }]
    }
    case 'redirects':
      return [...addresses('returns', change.added), ...addresses('no-longer-returns', change.removed)]
    case 'method':
      return [{ kind: change.signs ? 'signs' : 'no-longer-signs' }]
    case 'keys':
      return [change]
    case 'keys-place':
      return [{ kind: 'keys-place', before: placeOf(change.before), now: placeOf(change.now) }]
  }
}

function addresses(kind: 'returns' | 'no-longer-returns', uris: readonly string[]): readonly ChangeView[] {
  const shown = uris.slice(0, ADDRESSES_SHOWN).map((uri) => ({ kind, address: displayAddress(uri) }) as const)
  const more = uris.length - shown.length
  return more === 0 ? shown : [...shown, { kind: `${kind}-more`, count: more }]
}

function placeOf(uri: string | undefined): string | undefined {
  return uri === undefined ? undefined : displayAddress(uri)
}
