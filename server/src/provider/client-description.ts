import type { Provider } from 'oidc-provider'
import { type ClientChange, changesBetween, type DocumentClients, isDocumentUrl } from './client-documents/index.ts'
import { isPreRegistered } from './client-properties.ts'

/** What is known of a client beyond what it says of itself. */
export interface ClientDescription {
  readonly name: string
  readonly preRegistered: boolean
  /** Host that its document was fetched from; undefined for a registered client. */
  readonly documentHost: string | undefined
}

/**
 * @param client.clientDigest version of its document that the authorization began with, or that was agreed to
 * @returns undefined for a registered client that is not here; of a document that is not here the host remains, because it
 *   is in the id
 */
export async function describeClient(
  { provider, documentClients }: { provider: () => Provider; documentClients: DocumentClients },
  { clientId, clientDigest }: { clientId: string; clientDigest: string | undefined },
): Promise<ClientDescription | undefined> {
  if (isDocumentUrl(clientId)) {
    const client = await documentClients.ofVersion(clientId, clientDigest)
    const name = client === undefined ? '' : String(client.metadata.client_name)
    return { name, preRegistered: false, documentHost: URL.parse(clientId)?.host }
  }
  const client = await provider().Client.find(clientId)
  return client && { name: client.clientName ?? '', preRegistered: isPreRegistered(client), documentHost: undefined }
}

/**
 * What a person who agreed to one version of a client document would not know of another.
 * @param versions.before digest of what was agreed to
 * @param versions.now digest of what is asked about
 * @returns undefined where one of them is not here
 */
export async function describeChanges(
  { documentClients }: { documentClients: DocumentClients },
  { clientId, before, now }: { clientId: string; before: string; now: string },
): Promise<readonly ClientChange[] | undefined> {
  const [old, current] = await Promise.all([before, now].map((digest) => documentClients.ofVersion(clientId, digest)))
  return old && current && changesBetween(old.version.metadata, current.version.metadata)
}
