import type { Provider } from 'oidc-provider'
import { isPreRegistered } from './client-properties.ts'

/** What is known of a client beyond what it says of itself; undefined for a client that is not here. */
export async function describeClient(
  provider: Provider,
  clientId: string,
): Promise<{ name: string; preRegistered: boolean } | undefined> {
  const client = await provider.Client.find(clientId)
  return client && { name: client.clientName ?? '', preRegistered: isPreRegistered(client) }
}
