import { isRecord } from '../mcp/json-rpc.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import { REDIRECT_URI } from './live-options.ts'

const SECRET_METHODS = ['client_secret_basic', 'client_secret_post'] as const

/**
 * Reads a client as a file has it: `client_id`, and how it shows who it is: `client_secret` (with
 * `token_endpoint_auth_method` where that is not Basic) or `key`, a private JWK; nothing for a public client.
 * @returns undefined for what is no client
 */
export function readClient(value: unknown): OAuthClient | undefined {
  if (!isRecord(value) || typeof value.client_id !== 'string' || value.client_id === '') return undefined
  const { client_id: clientId, redirect_uri: redirectUri, client_secret: secret, key } = value
  const named = SECRET_METHODS.find((method) => method === value.token_endpoint_auth_method)
  const authentication: OAuthClient['authentication'] =
    typeof secret === 'string'
      ? { method: named ?? 'client_secret_basic', secret }
      : isRecord(key) && typeof key.d === 'string'
        ? { method: 'private_key_jwt', key }
        : { method: 'none' }
  return { clientId, redirectUri: typeof redirectUri === 'string' ? redirectUri : REDIRECT_URI, authentication }
}

/** The same, to be kept. */
export function writeClient({ clientId, redirectUri, authentication }: OAuthClient): Readonly<Record<string, unknown>> {
  const common = { client_id: clientId, redirect_uri: redirectUri }
  switch (authentication.method) {
    case 'none':
      return common
    case 'private_key_jwt':
      return { ...common, key: authentication.key }
    default:
      return { ...common, client_secret: authentication.secret, token_endpoint_auth_method: authentication.method }
  }
}
