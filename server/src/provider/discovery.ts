import { initialScopes } from '@sallyport/policy'
import type { Provider } from 'oidc-provider'
import type { ClientDocumentSettings, RegistrationSettings } from '../config/settings.ts'
import { KEY_SET_MAX_AGE_SECONDS } from '../keys/signing-keys.ts'
import type { ResourceRegistry } from '../store/resource-registry.ts'

// Clients ask again after this; a changed setting reaches them within it. The same for the keys, whose rotation counts on it.
const METADATA_MAX_AGE_SECONDS = KEY_SET_MAX_AGE_SECONDS

/** Members the engine writes about ID tokens, which this server does not issue. */
const NOT_OURS = ['claims_parameter_supported', 'claim_types_supported', 'claims_supported']

/**
 * Completes the metadata document the engine builds from the very configuration it enforces: scopes that any person may
 * ask for, the resources there are, and whether clients may be documents. Where registration needs a token, it is not named:
 * clients try what is named, and fail there instead of going on to what would work.
 * @see RFC 8414 §2, OpenID Connect Discovery 1.0 §3, RFC 9728 §4
 */
export function completeMetadata(
  provider: Provider,
  {
    issuer,
    registry,
    clientDocuments,
    pushedRequests,
    registration,
  }: {
    issuer: string
    registry: ResourceRegistry
    clientDocuments: ClientDocumentSettings
    registration: RegistrationSettings
    pushedRequests: { readonly required: boolean }
  },
): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.status !== 200 || !ctx.path.startsWith('/.well-known/') || typeof body !== 'object' || body === null) return
    ctx.set('Cache-Control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
    if (!('authorization_endpoint' in body)) return
    // A client can ask nothing of a resource that is reached by exchange alone.
    const all = (await registry.current()).all.filter((resource) => !resource.exchangeOnly)
    const document = {
      ...body,
      ...authenticationElsewhere(body),
      ...(registration.mode === 'token' ? { registration_endpoint: undefined } : {}),
      client_id_metadata_document_supported: clientDocuments.mode === 'off' ? undefined : true,
      require_pushed_authorization_requests: pushedRequests.required,
      response_modes_supported: ['query'],
      scopes_supported: [...new Set(all.flatMap((resource) => initialScopes(resource.tools)))],
      protected_resources: all.map((resource) => resource.uri),
      // Ours: where a resource hears of grants that ended before their access tokens did.
      resource_revocations_uri_template: `${issuer}/resources/{resource}/revocations`,
    }
    ctx.body = Object.fromEntries(Object.entries(document).filter(([name, value]) => isStated(name, value)))
  })
}

/**
 * How clients prove themselves at the endpoints about tokens: as at the token endpoint, for it is the same code; introspection
 * alone takes no public ones. Left out, these members would mean `client_secret_basic` only.
 * @see RFC 8414 §2
 */
function authenticationElsewhere(document: object): Readonly<Record<string, unknown>> {
  const methods: unknown = Reflect.get(document, 'token_endpoint_auth_methods_supported')
  const algorithms: unknown = Reflect.get(document, 'token_endpoint_auth_signing_alg_values_supported')
  const confidential = Array.isArray(methods) ? methods.filter((method) => method !== 'none') : undefined
  return {
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: confidential,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
  }
}

/** Parsers of some clients reject a whole document for one null; a list without members must not be there at all. */
function isStated(name: string, value: unknown): boolean {
  if (NOT_OURS.includes(name) || value === undefined || value === null) return false
  return !Array.isArray(value) || value.length > 0
}
