import type { Provider } from 'oidc-provider'
import { type AddedClient, isHashedSecret } from '../store/clients.ts'
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
export function answerRegistrations(provider: Provider, issuer: string): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.path !== ROUTES.registration || ctx.status !== 201 || typeof body !== 'object' || body === null) return
    const { registered } = currentUnit()
    ctx.body = { ...toldOf(body), ...(registered && { ...rowOf(registered), ...managementOf(issuer, registered) }) }
  })
}

/** What a client is told of its metadata. A secret that is kept as a digest cannot be told again. */
export function toldOf(metadata: object): Readonly<Record<string, unknown>> {
  const untold = isHashedSecret(Reflect.get(metadata, 'client_secret')) ? SECRET : []
  // What is off is what a client has that did not say so.
  const told = Object.entries(metadata).filter(([name, value]) => REGISTERED.has(name) && value !== false)
  return Object.fromEntries(told.filter(([name]) => !untold.includes(name)))
}

const SECRET: readonly string[] = ['client_secret', 'client_secret_expires_at']

/** What the row of a client says of it. */
export function rowOf({ id, createdAt }: AddedClient): Readonly<Record<string, unknown>> {
  return { client_id: id, client_id_issued_at: Math.floor(createdAt.getTime() / 1000) }
}

/** Where a client is managed, and what with. @see RFC 7592 §3 */
export function managementOf(
  issuer: string,
  { id, managementToken }: { id: string; managementToken?: string | undefined },
): Readonly<Record<string, unknown>> {
  if (managementToken === undefined) return {}
  return {
    registration_access_token: managementToken,
    registration_client_uri: `${issuer}${ROUTES.registration}/${id}`,
  }
}
