import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { judgeRedirectUri } from '../config/redirect-uri.ts'
import { isVouchedFor } from './client-properties.ts'

/**
 * An error goes back by itself only to an address this server has a reason to trust. Anybody can register a site, and a
 * link to the authorization endpoint must not become a way to send people there under this server's name. Once a person
 * has signed in or decided, the answer is theirs and goes where they were told.
 * @see RFC 9700 §4.11.2
 */
export function keepErrorsFromStrangers(provider: Provider, privateUseRedirects: readonly string[]): void {
  provider.on('authorization.error', (ctx, error) => {
    if (strangersHost(ctx, privateUseRedirects) !== undefined) Object.assign(error, { allow_redirect: false })
  })
}

/** Host of a registered redirect URI that nobody vouches for; undefined where an error may go back by itself. */
export function strangersHost(ctx: KoaContextWithOIDC, privateUseRedirects: readonly string[]): string | undefined {
  const { client, params, route } = ctx.oidc
  const redirectUri = params?.redirect_uri
  if (route !== 'authorization' || client === undefined || typeof redirectUri !== 'string') return undefined
  if (isVouchedFor(client) || !client.redirectUriAllowed(redirectUri)) return undefined
  const judged = judgeRedirectUri(redirectUri, privateUseRedirects)
  return judged.ok && judged.kind === 'web' ? new URL(redirectUri).host : undefined
}
