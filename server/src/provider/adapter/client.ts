import type { Adapter } from 'oidc-provider'
import type { Clients, RegisteredClient } from '../../store/clients.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { type DocumentClients, isDocumentUrl } from '../client-documents/index.ts'
import { CLIENT_PROPERTIES } from '../client-properties.ts'
import { contentHashOf } from '../registered-content.ts'
import { documentFinder } from './document-client.ts'
import { nothingKept } from './nothing-kept.ts'

// Each request names its client. Removing one ends its grants at once, so that a copy this old can no longer be used.
const CLIENT_AGE_MS = 5_000
// About a kilobyte each; past this number the oldest is read again when it comes back.
const CLIENTS_CACHED = 2_000

/** Clients by id: those that are registered, remembered for a short while, and those whose id is their document's URL. */
export function clientAdapter({
  store: { clients },
  documentClients,
  managesClients,
}: {
  store: { clients: Clients }
  documentClients: DocumentClients
  /** Registrations are made by somebody with a token: no other's, whatever it says, becomes the same. */
  managesClients: boolean
}): Adapter {
  const findDocument = documentFinder(documentClients)
  const cache = new Map<string, { client: RegisteredClient; readAt: number }>()
  const remember = (client: RegisteredClient): void => {
    cache.delete(client.id)
    cache.set(client.id, { client, readAt: performance.now() })
    const [oldest] = cache.keys()
    if (cache.size > CLIENTS_CACHED && oldest !== undefined) cache.delete(oldest)
  }
  return {
    ...nothingKept,
    async find(id) {
      if (isDocumentUrl(id)) return findDocument(id)
      const cached = cache.get(id)
      if (cached !== undefined && performance.now() - cached.readAt < CLIENT_AGE_MS) return forEngine(cached.client)
      const client = await clients.find(id)
      if (client === undefined) {
        cache.delete(id)
        return
      }
      remember(client)
      return forEngine(client)
    },
    async upsert(id, payload) {
      const metadata = withoutOwnProperties({ ...payload })
      const unit = currentUnit()
      const event = { type: 'client.registered', outcome: 'allowed', clientId: id } as const
      const contentHash = managesClients ? undefined : contentHashOf(metadata)
      const client = { id, source: 'dynamic', metadata, contentHash } as const
      const added = await clients.add(client, { event, correlationId: unit.correlationId })
      if (!added.ok) throw new Error('a generated client id was taken')
      unit.registered = added.client
    },
    async destroy(id) {
      cache.delete(id)
      await clients.remove(id)
    },
  }
}

function forEngine(client: RegisteredClient) {
  return {
    ...client.metadata,
    client_id: client.id,
    [CLIENT_PROPERTIES.source]: client.source,
    ...(client.defaultResource === undefined ? {} : { [CLIENT_PROPERTIES.defaultResource]: client.defaultResource }),
  }
}

function withoutOwnProperties(metadata: Record<string, unknown>): Record<string, unknown> {
  const { [CLIENT_PROPERTIES.source]: _source, [CLIENT_PROPERTIES.defaultResource]: _resource, ...rest } = metadata
  return rest
}
