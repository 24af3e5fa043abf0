import { initialScopes } from '@sallyport/policy'
import type { Middleware } from 'koa'
import type { ProtectedResource, ResourceRegistry } from '../store/resource-registry.ts'
import { answerJson, answerWrongMethod, READ_METHODS } from './endpoints.ts'

const ADDRESS = /^\/resources\/([^/]+)\/protected-resource-metadata$/

// A changed tools file reaches clients within this.
const MAX_AGE_SECONDS = 300

/** Whether a path, below the issuer, is the metadata document of some resource. */
export function isResourceMetadata(path: string): boolean {
  return ADDRESS.test(path)
}

/**
 * Serves the metadata of resources whose server cannot serve its own: the server's challenge names this address as
 * `resource_metadata`. A resource that is reached by token exchange alone has none: nobody can be authorized for it.
 * @see RFC 9728 §2, §3.2, §5.1
 */
export function resourceMetadata(issuer: string, registry: ResourceRegistry): Middleware {
  return async (ctx, next) => {
    const [, id] = ADDRESS.exec(ctx.path) ?? []
    if (id === undefined) return next()
    if (!READ_METHODS.includes(ctx.method)) return answerWrongMethod(ctx, READ_METHODS)
    const resource = (await registry.current()).byId(id)
    if (resource === undefined || resource.exchangeOnly) {
      return answerJson(ctx, 404, 'not_found', 'There is no such resource.')
    }
    ctx.set('Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`)
    ctx.body = buildMetadata(issuer, resource)
  }
}

/** The document a server that uses the resource kit serves by itself. @see RFC 9728 §2 */
function buildMetadata(issuer: string, resource: ProtectedResource): Readonly<Record<string, unknown>> {
  const scopes = initialScopes(resource.tools)
  return {
    resource: resource.uri,
    authorization_servers: [issuer],
    // Without tools there is nothing to ask for; an empty list would read as "no scope exists".
    ...(scopes.length > 0 ? { scopes_supported: scopes } : {}),
    bearer_methods_supported: ['header'],
    resource_name: resource.name,
  }
}
