import type { Remedies } from '../../check/check.ts'

/** @param general what holds for any server */
export function downstreamRemedies(general: string): Remedies {
  return {
    general,
    sdk1: 'The SDK hands the raw token to tools as `extra.authInfo.token` and exchanges none: post it to the token endpoint of the issuer as `subject_token`, with the downstream as `resource`, and send what comes back.',
    sdk2: 'The SDK hands the raw token to tools as `ctx.http.authInfo.token` and exchanges none: post it to the token endpoint of the issuer as `subject_token`, with the downstream as `resource`, and send what comes back.',
    fastmcp:
      'Do not write `get_access_token().token` or the headers of `get_http_headers()` into requests of tools, and see that a proxy or OpenAPI server does not forward `authorization`; exchange the token at the issuer yourself.',
    spring:
      'Do not use `ServletBearerExchangeFilterFunction`, which forwards the token; use an `OAuth2AuthorizedClientManager` with `TokenExchangeOAuth2AuthorizedClientProvider`.',
    kit: 'Call `guard.exchange(access, { resource, scope })` and send its `accessToken`; tools never see the token that came in.',
  }
}
