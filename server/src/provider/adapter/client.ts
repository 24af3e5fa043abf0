import { randomBytes } from 'node:crypto'
import type { Adapter } from 'oidc-provider'
import type { Clients, RegisteredClient } from '../../store/clients.ts'
import { hashId } from '../../store/id-hash.ts'
import type { Bucket } from '../../store/limits.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { type DocumentClients, isDocumentUrl } from '../client-documents/index.ts'
import { CLIENT_PROPERTIES } from '../client-properties.ts'
import { LimitError } from '../limit-error.ts'
import { contentHashOf } from '../registered-content.ts'
import { documentFinder } from './document-client.ts'
import { nothingKept } from './nothing-kept.ts'

// Each request names its client. Removing one ends its grants at once, so that a copy this old can no longer be used. Those
// that are changed while processes run are not remembered at all: a redirect URI or a key that was taken out is out everywhere.
const CLIENT_AGE_MS = 5_000
// About a kilobyte each; past this number the oldest is read again when it comes back.
const CLIENTS_CACHED = 2_000
// Nobody guesses it, and its digest tells nothing.
const MANAGEMENT_TOKEN_BYTES = 32

/** Registered clients that were read a moment ago. */
export interface ClientCache {
  get(id: string): RegisteredClient | undefined
  remember(client: RegisteredClient): void
  forget(id: string): void
}

export function createClientCache(): ClientCache {
  const cache = new Map<string, { client: RegisteredClient; readAt: number }>()
  return {
    get(id) {
      const cached = cache.get(id)
      return cached !== undefined && performance.now() - cached.readAt < CLIENT_AGE_MS ? cached.client : undefined
    },
    remember(client) {
      cache.delete(client.id)
      cache.set(client.id, { client, readAt: performance.now() })
      const [oldest] = cache.keys()
      if (cache.size > CLIENTS_CACHED && oldest !== undefined) cache.delete(oldest)
    },
    forget(id) {
      cache.delete(id)
    },
  }
}

export interface ClientAdapterDeps {
  readonly store: { readonly clients: Clients }
  readonly clientCache: ClientCache
  readonly documentClients: DocumentClients
  /** What a source may register. */
  readonly registrations: (source: string | undefined) => Bucket
  /** Registrations are made by somebody with a token: no other's, whatever it says, becomes the same. */
  readonly managesClients: boolean
}

/** Clients by id: those that are registered, remembered for a short while, and those whose id is their document's URL. */
export function clientAdapter(deps: ClientAdapterDeps): Adapter {
  const { clientCache: cache, documentClients } = deps
  const { clients } = deps.store
  const findDocument = documentFinder(documentClients)
  return {
    ...nothingKept,
    async find(id) {
      if (!couldBeId(id)) return
      if (isDocumentUrl(id)) return findDocument(id)
      const cached = cache.get(id)
      if (cached !== undefined) return forEngine(cached)
      const client = await clients.find(id)
      if (client === undefined) {
        cache.forget(id)
        return
      }
      if (!client.managed) cache.remember(client)
      return forEngine(client)
    },
    async upsert(id, payload) {
      const metadata = withoutOwnProperties({ ...payload })
      const { correlationId, callerSource } = currentUnit()
      const event = { type: 'client.registered', outcome: 'allowed', clientId: id } as const
      const managementToken = deps.managesClients
        ? randomBytes(MANAGEMENT_TOKEN_BYTES).toString('base64url')
        : undefined
      const client = { id, source: 'dynamic', metadata, ...digestsOf(metadata, managementToken) } as const
      const taking = { buckets: [deps.registrations(callerSource)] }
      const added = await clients.add(client, { event, correlationId, taking })
      if (!added.ok && added.reason === 'id-taken') throw new Error('a generated client id was taken')
      if (!added.ok) throw new LimitError('registrations of one source', added.retryAfterSeconds)
      currentUnit().registered = { ...added.client, managementToken }
    },
  }
}

// An assertion names its client in any JSON there is, and the database cannot hold a null character.
function couldBeId(id: unknown): boolean {
  return typeof id === 'string' && !id.includes('\0')
}

/** A client is one's own, or everybody's who says the same. */
function digestsOf(metadata: Readonly<Record<string, unknown>>, managementToken: string | undefined) {
  if (managementToken === undefined) return { contentHash: contentHashOf(metadata) }
  return { managementHash: hashId(managementToken) }
}

function forEngine(client: RegisteredClient) {
  return {
    ...client.metadata,
    client_id: client.id,
    [CLIENT_PROPERTIES.source]: client.source,
    ...(client.defaultResource === undefined ? {} : { [CLIENT_PROPERTIES.defaultResource]: client.defaultResource }),
  }
}

/** What is stored of a client beside what has columns of its own. */
export function withoutOwnProperties(metadata: Record<string, unknown>): Record<string, unknown> {
  const { [CLIENT_PROPERTIES.source]: _source, [CLIENT_PROPERTIES.defaultResource]: _resource, ...rest } = metadata
  return rest
}
