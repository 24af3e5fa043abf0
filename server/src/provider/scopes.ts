import { grantableScopes, initialScopes } from '@sallyport/policy'
import { errors } from 'oidc-provider'
import type { ResourceRegistry } from '../store/resource-registry.ts'
import type { Slice } from './slice.ts'

const NOTHING_LEFT = 'none of the requested scopes can be granted for this resource'

// The engine runs validators of extra parameters on each authorization request, sent or not: the place to decide on scopes.
const SCOPE_DECISION = 'sallyport_scope_decision'

/**
 * What of the asked scopes can be granted for the resource. None asked means the resource's initial ones; unknown ones are
 * dropped, because clients ask for more than a server has; `invalid_scope` only when nothing remains.
 * @see OAuth 2.1 §1.4.1
 */
export function scopes(registry: ResourceRegistry): Slice {
  return {
    scopes: [],
    extraParams: {
      async [SCOPE_DECISION](ctx, value) {
        if (value !== undefined) throw new errors.InvalidRequest(`${SCOPE_DECISION} is not a request parameter`)
        const { params } = ctx.oidc
        const resource =
          typeof params?.resource === 'string' ? (await registry.current()).byUri(params.resource) : undefined
        if (params === undefined || resource === undefined || resource.exchangeOnly)
          throw new errors.InvalidTarget('resource is missing')
        const asked = typeof params.scope === 'string' ? params.scope.split(' ') : []
        const granted = decideScopes(asked, {
          initial: initialScopes(resource.tools),
          grantable: grantableScopes(resource.tools),
        })
        if (granted.length === 0) throw new errors.InvalidScope(NOTHING_LEFT, asked.join(' '))
        params.scope = granted.join(' ')
      },
    },
  }
}

/**
 * @param asked scopes of the request; empty when it named none
 * @returns the ones to ask the person for, each once, in the order asked
 */
export function decideScopes(
  asked: readonly string[],
  resource: { initial: readonly string[]; grantable: readonly string[] },
): readonly string[] {
  const wanted = asked.filter((scope) => scope !== '')
  const candidates = wanted.length === 0 ? resource.initial : wanted
  const grantable = new Set(resource.grantable)
  return [...new Set(candidates)].filter((scope) => grantable.has(scope))
}
