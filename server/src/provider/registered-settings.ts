import type { ClientSettings, Settings } from '../config/settings.ts'
import type { Store } from '../store/index.ts'

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
    settings.resources.map(({ accessTokenSeconds, ...resource }) => ({
      ...resource,
      accessTokenSeconds,
      source: 'settings',
    })),
  )
  if (!resources.ok) {
    throw new SettingsConflictError(
      `resource "${resources.id}" of the settings file cannot be registered (${resources.reason}): remove the other one with "sallyport resource remove", or change this one`,
    )
  }
}

function clientRow(client: ClientSettings) {
  const { id, name, redirectUris, secret, defaultResource } = client
  const method = secret === undefined ? 'none' : 'client_secret_basic'
  const metadata = {
    client_name: name,
    redirect_uris: [...redirectUris],
    token_endpoint_auth_method: method,
    ...(secret === undefined ? {} : { client_secret: secret.reveal() }),
  }
  return { id, metadata, defaultResource }
}
