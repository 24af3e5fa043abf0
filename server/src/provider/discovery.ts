import { initialScopes } from '@sallyport/policy'
import type { Provider } from 'oidc-provider'
import type { ResourceRegistry } from '../store/resource-registry.ts'

// Clients ask again after this; a changed setting reaches them within it.
const METADATA_MAX_AGE_SECONDS = 300

/** Members the engine writes and this server does not stand behind. */
const NOT_OURS = ['claims_parameter_supported', 'claim_types_supported', 'request_uri_parameter_supported']

/**
 * Completes the metadata document the engine builds from the very configuration it enforces: scopes that any person may
 * ask for, and the resources there are.
 * @see RFC 8414 §2, OpenID Connect Discovery 1.0 §3, RFC 9728 §4
 */
export function completeMetadata(provider: Provider, registry: ResourceRegistry): void {
  provider.use(async (ctx, next) => {
    await next()
    const { body } = ctx
    if (ctx.status !== 200 || !ctx.path.startsWith('/.well-known/') || typeof body !== 'object' || body === null) return
    ctx.set('Cache-Control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
    if (!('authorization_endpoint' in body)) return
    const { all } = await registry.current()
    const rest = Object.fromEntries(
      Object.entries(body).filter(([name, value]) => !NOT_OURS.includes(name) && value !== undefined),
    )
    ctx.body = {
      ...rest,
      response_modes_supported: ['query'],
      scopes_supported: [...new Set(all.flatMap((resource) => initialScopes(resource.tools)))],
      protected_resources: all.map((resource) => resource.uri),
    }
  })
}
