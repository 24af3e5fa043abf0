import { accessTokenSeconds, type ToolClass } from '@sallyport/policy'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { LifetimeSettings } from '../config/settings.ts'
import { earliestEnd } from '../store/permission.ts'
import type { ProtectedResource, ResourceRegistry } from '../store/resource-registry.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import type { Slice } from './slice.ts'

/** A lifetime of zero would be read as "never expires" by some clients. */
const SHORTEST_SECONDS = 1

/**
 * How long what is issued lives, and what an access token says beside the registered claims.
 * @see RFC 9068 §2.2
 */
export function tokens(registry: ResourceRegistry, lifetimes: LifetimeSettings, now: () => number): Slice {
  return {
    formats: { bitsOfOpaqueRandomness: 256 },
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    ttl: {
      AuthorizationCode: () => lifetimes.codeSeconds,
      AccessToken: (_ctx, token) => {
        const resource = registry.last().byUri(String(token.aud))
        const grant = token.grantId === undefined ? undefined : currentUnit().grants.get(token.grantId)
        const scopes = [...token.scopes]
        const end = grant && earliestEnd(grant.permissions, scopes)
        return shortest(tokenSeconds(resource, scopes, lifetimes), end === undefined ? undefined : end - now())
      },
      RefreshToken: (_ctx, token) => {
        const grant = token.grantId === undefined ? undefined : currentUnit().grants.get(token.grantId)
        return shortest(lifetimes.refreshIdleSeconds, grant && grant.expiresAt - now())
      },
      Grant: () => lifetimes.refreshAbsoluteSeconds,
      IdToken: () => lifetimes.accessTokenSeconds,
      ClientCredentials: () => lifetimes.accessTokenSeconds,
      DeviceCode: () => lifetimes.codeSeconds,
      BackchannelAuthenticationRequest: () => lifetimes.codeSeconds,
      PreAuthorizedCode: () => lifetimes.codeSeconds,
      Session: () => lifetimes.signInSessionSeconds,
      Interaction: () => lifetimes.interactionSeconds,
    },
    async issueRefreshToken(_ctx, client, code) {
      const grant = code.grantId === undefined ? undefined : currentUnit().grants.get(code.grantId)
      return client.grantTypeAllowed('refresh_token') && grant?.refreshable === true
    },
    async extraTokenClaims(ctx, token) {
      const signIn = signInOf(ctx)
      return {
        gid: 'grantId' in token ? token.grantId : undefined,
        auth_time: signIn?.authTime,
        acr: signIn?.acr,
        // What a grant type of our own says of its tokens.
        ...('extra' in token ? token.extra : {}),
      }
    },
  }
}

function signInOf(ctx: KoaContextWithOIDC): { authTime?: number | undefined; acr?: string | undefined } | undefined {
  const source = ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.AuthorizationCode
  return source && { authTime: source.authTime, acr: source.acr }
}

/** The shortest of the classes the scopes belong to; the resource's own setting replaces the ordinary lifetime. */
export function tokenSeconds(
  resource: Pick<ProtectedResource, 'tools' | 'accessTokenSeconds'> | undefined,
  scopes: readonly string[],
  lifetimes: Pick<LifetimeSettings, 'accessTokenSeconds' | 'accessTokenElevatedSeconds'>,
): number {
  const classes = scopes.map((scope): ToolClass => resource?.tools.scopes.get(scope)?.toolClass ?? 'destructive')
  const ordinary = resource?.accessTokenSeconds ?? lifetimes.accessTokenSeconds
  const elevated = Math.min(ordinary, lifetimes.accessTokenElevatedSeconds)
  return accessTokenSeconds(classes, { accessTokenSeconds: ordinary, accessTokenElevatedSeconds: elevated })
}

function shortest(seconds: number, other: number | undefined): number {
  return Math.max(SHORTEST_SECONDS, Math.floor(Math.min(seconds, other ?? seconds)))
}
