import { grantableScopes } from '@sallyport/policy'
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import type { SigningAlgorithm } from '../keys/signing-keys.ts'
import type { ProtectedResource, RegistrySnapshot, ResourceRegistry } from '../store/resource-registry.ts'
import { defaultResourceOf } from './client-properties.ts'
import type { Slice } from './slice.ts'

/**
 * One grant, one resource; each access token carries its canonical identifier as the only audience. Spellings were made
 * canonical before the request reached the engine, so that everything here compares exactly.
 * @see RFC 8707
 */
export function resourceIndicators(registry: ResourceRegistry, algorithm: SigningAlgorithm): Slice {
  return {
    features: {
      resourceIndicators: {
        enabled: true,
        // A refresh or code exchange that names no resource means the one of its grant: many clients omit it.
        useGrantedResource: async () => true,
        async defaultResource(ctx, _client, oneOf) {
          if (oneOf !== undefined) throw new errors.InvalidTarget('only one resource can be asked for')
          const resource = chooseDefault(await registry.current(), defaultResourceOf(ctx.oidc.client))
          if (resource === undefined)
            throw new errors.InvalidTarget('resource is missing, and there is no default to mean')
          return resource.uri
        },
        async getResourceServerInfo(ctx, indicator) {
          refuseSeveral(ctx)
          const resource = (await registry.current()).byUri(indicator)
          if (resource === undefined) throw new errors.InvalidTarget('resource is not registered with this server')
          // Nobody can agree to it, and a code or refresh token never leads there.
          if (resource.exchangeOnly) throw new errors.InvalidTarget('resource is reached by token exchange alone')
          return resourceServerOf(resource, algorithm)
        },
      },
    },
  }
}

/** A resource in the engine's terms: its tokens are signed, and have its canonical identifier as the only audience. */
export function resourceServerOf(resource: ProtectedResource, algorithm: SigningAlgorithm): ResourceServer {
  return {
    audience: resource.uri,
    scope: grantableScopes(resource.tools).join(' '),
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: algorithm } },
  }
}

function refuseSeveral(ctx: KoaContextWithOIDC): void {
  const { resource } = ctx.oidc.params ?? {}
  if (Array.isArray(resource) && resource.length > 1)
    throw new errors.InvalidTarget('only one resource can be asked for')
}

/** The client's own default, or the one resource there is. Two resources and no word from the client: nobody can know. */
export function chooseDefault(
  registry: RegistrySnapshot,
  clientDefault: string | undefined,
): ProtectedResource | undefined {
  const choices = registry.all.filter((resource) => !resource.exchangeOnly)
  if (clientDefault !== undefined) return choices.find(({ id }) => id === clientDefault)
  return choices.length === 1 ? choices[0] : undefined
}
