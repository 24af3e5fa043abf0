import type { ClientSettings, Settings } from '../config/settings.ts'
import type { Store } from '../store/index.ts'
import type { ResourceRefusal } from '../store/resources.ts'

/** The settings file names something that is already here and belongs to somebody else. */
export class SettingsConflictError extends Error {
  override readonly name = 'SettingsConflictError'
  readonly code = 'SALLYPORT_E_SETTINGS_CONFLICT'
}

/**
 * Makes clients and resources of the settings file exactly what the registry holds of that source.
 * @throws SettingsConflictError when one of them was added by the command line or by registration
 */
export async function syncSettings(settings: Settings, store: Pick<Store, 'clients' | 'resources'>): Promise<void> {
  const clients = await store.clients.replaceSettings(settings.clients.map(clientRow))
  if (!clients.ok) {
    throw new SettingsConflictError(
      `client "${clients.taken}" of the settings file exists already: remove it with "sallyport client remove ${clients.taken}" or rename it`,
    )
  }
  const resources = await store.resources.replaceSettings(
    settings.resources.map(({ accessTokenSeconds, ownerClient, ...resource }) => ({
      ...resource,
      accessTokenSeconds,
      ownerClientId: ownerClient,
      source: 'settings',
    })),
  )
  if (!resources.ok) {
    throw new SettingsConflictError(
      `resource "${resources.id}" of the settings file cannot be registered (${resources.reason}): ${adviceOn(resources.reason)}`,
    )
  }
}

function adviceOn(reason: ResourceRefusal): string {
  switch (reason) {
    case 'id-taken':
    case 'uri-taken':
    case 'alias-taken':
    case 'origin-alias-ambiguous':
      return 'remove the other one with "sallyport resource remove", or change this one'
    case 'client-taken':
    case 'owner-unknown':
    case 'owner-without-keys':
      return 'its ownerClient must be a client of this file, or of "sallyport client add", that has jwks'
    case 'exchange-source-unknown':
      return 'every entry of exchangeFrom must be another registered resource'
  }
}

function clientRow(client: ClientSettings) {
  const { id, defaultResource } = client
  return { id, metadata: clientMetadataOf(client), defaultResource }
}

/**
 * What the registry keeps of a client that the operator wrote down. What it does not say (grant types, application type)
 * follows from the redirect URIs.
 * @see RFC 7591 §2, RFC 9126 §6, RFC 9449 §5.2
 */
export function clientMetadataOf(client: ClientSettings): Readonly<Record<string, unknown>> {
  const { name, redirectUris, secret, jwks } = client
  const method = jwks !== undefined ? 'private_key_jwt' : secret === undefined ? 'none' : 'client_secret_basic'
  return {
    client_name: name,
    redirect_uris: [...redirectUris],
    token_endpoint_auth_method: method,
    ...(secret === undefined ? {} : { client_secret: secret.reveal() }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(client.dpopBoundAccessTokens ? { dpop_bound_access_tokens: true } : {}),
    ...(client.requirePushedRequests ? { require_pushed_authorization_requests: true } : {}),
  }
}
