import { grantableScopes, initialScopes } from '@sallyport/policy'
import { errors } from 'oidc-provider'
import type { ResourceRegistry } from '../store/resource-registry.ts'
import type { Slice } from './slice.ts'

const NOTHING_LEFT = 'none of the requested scopes can be granted for this resource'

/**
 * The scopes that OpenID Connect defines. They are about ID tokens and claims of a person, which nobody gets here, so that they
 * name nothing of a resource. Clients bring them from servers of another kind, some where nobody told them of any scope.
 * @see OpenID Connect Core §3.1.2.1, §5.4, §11
 */
export const OPENID_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
])

// The engine runs validators of extra parameters on each authorization request, sent or not: the place to decide on scopes.
const SCOPE_DECISION = 'sallyport_scope_decision'

/**
 * What of the asked scopes can be granted for the resource. None asked means the resource's initial ones, and so do scopes of
 * OpenID Connect alone; unknown ones are dropped, because clients ask for more than a server has; `invalid_scope` only when
 * nothing remains.
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
 * @param asked scopes of the request; empty when it named none, and read so when it named none but those of OpenID Connect
 * @returns the ones to ask the person for, each once, in the order asked
 */
export function decideScopes(
  asked: readonly string[],
  resource: { initial: readonly string[]; grantable: readonly string[] },
): readonly string[] {
  const grantable = new Set(resource.grantable)
  const wanted = asked.filter((scope) => scope !== '' && (grantable.has(scope) || !OPENID_SCOPES.has(scope)))
  const candidates = wanted.length === 0 ? resource.initial : wanted
  return [...new Set(candidates)].filter((scope) => grantable.has(scope))
}
