import type { Provider } from 'oidc-provider'
import { currentUnit } from '../store/unit-of-work.ts'
import { ROUTES } from './routes.ts'

/** What was registered, in the words of the client's own metadata. */
const REGISTERED = new Set([
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'client_name',
  'redirect_uris',
  'application_type',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'jwks',
  'dpop_bound_access_tokens',
  'require_pushed_authorization_requests',
])

/**
 * Answers a registration with what this server holds of the client. The engine would add members about ID tokens, and
 * properties of ours. Who registers what somebody registered before is that client, and is told its id beside the redirect
 * URIs that were sent, because the ports in them are its own.
 * @see RFC 7591 §3.2.1
 */
export function answerRegistrations(provider: Provider): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.path !== ROUTES.registration || ctx.status !== 201 || typeof body !== 'object' || body === null) return
    // What is off is what a client has that did not say so.
    const told = Object.entries(body).filter(([name, value]) => REGISTERED.has(name) && value !== false)
    ctx.body = { ...Object.fromEntries(told), ...sharedRow() }
  })
}

function sharedRow(): { client_id: string; client_id_issued_at: number } | undefined {
  const { registered } = currentUnit()
  if (registered === undefined) return undefined
  return { client_id: registered.id, client_id_issued_at: Math.floor(registered.createdAt.getTime() / 1000) }
}
