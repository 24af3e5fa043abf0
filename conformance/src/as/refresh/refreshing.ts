import type { OAuthClient } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { refreshGrant, requestToken, type TokenAnswer, type TokenResponse } from '../../oauth/token-request.ts'
import { missing, serverOf, unasked } from '../asking.ts'
import type { Flow, Live } from '../flow.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** @throws Unmet where the server gave none, which is up to it */
export function refreshTokenOf({ refreshToken }: TokenResponse): string {
  if (refreshToken === undefined) throw unasked('the client was given no refresh token')
  return refreshToken
}

export interface RefreshWish {
  readonly resource?: string
  readonly scope?: string
}

/** Presents a refresh token. */
export function present(
  subject: AuthorizationServerSubject,
  client: OAuthClient,
  refreshToken: string,
  wish: RefreshWish = {},
): Promise<TokenAnswer> {
  return requestToken(subject.wire, serverOf(subject), client, refreshGrant(refreshToken, wish))
}

/** Refreshes as every client does, and goes on with what came. @throws Unmet where that does not work */
export async function refreshed(subject: AuthorizationServerSubject, flow: Flow, live: Live): Promise<Live> {
  const answer = await present(subject, live.client, refreshTokenOf(live.tokens), { ...resourceWish(live) })
  if (answer.kind !== 'tokens') {
    flow.became(undefined)
    throw missing(`an ordinary refresh was refused: ${refusalInWords(answer)}`)
  }
  return follow(flow, live, answer.tokens)
}

/** What clients of MCP send along. */
export function resourceWish({ request }: Live): RefreshWish {
  const { resource } = request.parameters
  return typeof resource === 'string' ? { resource } : {}
}

/** A server that does not rotate leaves the refresh token out, and the old one stays. */
export function follow(flow: Flow, live: Live, tokens: TokenResponse): Live {
  const next = { ...live, tokens: { ...tokens, refreshToken: tokens.refreshToken ?? live.tokens.refreshToken } }
  flow.became(next)
  return next
}
