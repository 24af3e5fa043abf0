import { type DocumentRefusal, refuse } from './refusal.ts'

/** How a client with a document proves itself: by PKCE alone, or by a key it publishes. Never by a shared secret. */
export type DocumentAuthMethod = 'none' | 'private_key_jwt'

const METHODS: readonly DocumentAuthMethod[] = ['private_key_jwt', 'none']
const SECRET_BASED = /^client_secret/

/**
 * The method a document means, of those this server offers. Some clients state the one they prefer and, in a list
 * beside it, those they can do: what is preferred and offered here is required, the list is for servers that offer less.
 * @param document its members, nothing known of the values
 * @param offered methods of this server's metadata
 * @see draft-ietf-oauth-client-id-metadata-document §4, §8.2
 */
export function negotiateAuthMethod(
  document: Readonly<Record<string, unknown>>,
  offered: readonly string[],
): { readonly ok: true; readonly method: DocumentAuthMethod } | DocumentRefusal {
  const { token_endpoint_auth_method: stated, token_endpoint_auth_methods_supported: list } = document
  const able = Array.isArray(list) ? list : []
  if ([stated, ...able].some((method) => typeof method === 'string' && SECRET_BASED.test(method))) {
    return refuse('secret', 'names an authentication method that needs a shared secret')
  }
  if (stated == null && able.length === 0) return { ok: true, method: 'none' }
  const preferred = METHODS.find((method) => method === stated && offered.includes(method))
  const possible = METHODS.find((method) => able.includes(method) && offered.includes(method))
  const method = preferred ?? possible
  if (method !== undefined) return { ok: true, method }
  return refuse('method', `wants ${JSON.stringify(stated ?? able).slice(0, 100)} at the token endpoint`)
}
