import type { ErrorOut, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { judgeRedirectUri, siteOfRedirect } from '../config/redirect-uri.ts'
import type { Consents } from '../store/consents.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { isVouchedFor } from './client-properties.ts'

/** What decides where an error of an authorization goes. */
export interface ErrorRedirectRules {
  readonly consents: Pick<Consents, 'isLive'>
  readonly privateUseRedirects: readonly string[]
}

// Errors the engine would have sent to the client. Whether it may is asked where there is time to ask the database.
const held = new WeakSet<object>()

/**
 * Keeps every error of an authorization from leaving by itself. Anybody can register a client, and a link to the
 * authorization endpoint must not become a way to send people somewhere under this server's name.
 * @see RFC 9700 §4.11.2
 */
export function holdErrors(provider: Provider): void {
  provider.on('authorization.error', (_ctx, error) => {
    if (Reflect.get(error, 'allow_redirect') === true) held.add(error)
    Object.assign(error, { allow_redirect: false })
  })
  // A failure of ours is nothing the client did, and a person can load the page again.
  provider.on('server_error', (_ctx, error) => void Object.assign(error, { allow_redirect: false }))
}

/**
 * Where the browser takes an error to the client: only after the person has answered a page that named it, or while whoever
 * is signed in here has a live consent for it. Everything else ends on a page of this server, `prompt=none` included.
 * @returns the redirect URI with the error in it, or undefined for a page
 * @see RFC 6749 §4.1.2.1, RFC 9207 §2
 */
export async function addressOfError(
  ctx: KoaContextWithOIDC,
  out: ErrorOut,
  error: Error,
  rules: ErrorRedirectRules,
): Promise<string | undefined> {
  const redirectUri = registeredRedirect(ctx)
  if (redirectUri === undefined || !held.has(error)) return undefined
  const answered = ctx.oidc.entities.Interaction?.result?.error !== undefined
  if (!answered && !(await isAgreed(ctx, redirectUri, rules))) return undefined
  return withError(redirectUri, out, ctx.oidc.params?.response_type)
}

/** Host of a registered redirect URI that nobody vouches for, so that a page can say who asked. */
export function strangersHost(ctx: KoaContextWithOIDC, privateUseRedirects: readonly string[]): string | undefined {
  const redirectUri = registeredRedirect(ctx)
  if (redirectUri === undefined || isVouchedFor(ctx.oidc.client)) return undefined
  const judged = judgeRedirectUri(redirectUri, privateUseRedirects)
  return judged.ok && judged.kind === 'web' ? new URL(redirectUri).host : undefined
}

function registeredRedirect({ oidc: { client, params } }: KoaContextWithOIDC): string | undefined {
  const redirectUri = params?.redirect_uri
  return typeof redirectUri === 'string' && client?.redirectUriAllowed(redirectUri) === true ? redirectUri : undefined
}

/** A site counts only once the person has seen it named; programs and apps on their machine are named with the client. */
async function isAgreed(
  { oidc: { client, session } }: KoaContextWithOIDC,
  redirectUri: string,
  { consents, privateUseRedirects }: ErrorRedirectRules,
): Promise<boolean> {
  const accountId = session?.accountId
  if (accountId === undefined || client === undefined) return false
  return consents.isLive({
    accountId,
    clientId: client.clientId,
    clientDigest: currentUnit().facts.clientDigest,
    site: siteOfRedirect(redirectUri, privateUseRedirects),
  })
}

function withError(redirectUri: string, out: ErrorOut, responseType: unknown): string {
  const url = new URL(redirectUri)
  const members = Object.entries(out).filter(([, value]) => value !== undefined)
  // The answer to a response type that is not supported stands where the client would look for a token.
  if (typeof responseType === 'string' && responseType.includes('token')) {
    url.hash = new URLSearchParams(members).toString()
  } else {
    for (const [name, value] of members) url.searchParams.set(name, value)
  }
  return url.href
}
