import type { Remedies } from '../../check/check.ts'

const VERIFIER = 'The SDK brings no verifier: in your `OAuthTokenVerifier.verifyAccessToken`,'

/** Audience is the one thing that must be set on purpose nearly everywhere. */
export const audienceRemedies: Remedies = {
  general:
    'Compare `aud` with the identifier of this server, as one exact string or as one exact member of a list, and refuse a token that has none.',
  sdk1: `${VERIFIER} verify with jose and \`audience\`, fill \`AuthInfo.resource\` from \`aud\`, and give \`requireBearerAuth\` the option \`expectedResource\`; without it no audience is compared.`,
  sdk2: `${VERIFIER} verify with jose and \`audience\`, fill \`AuthInfo.resource\`, and give \`requireBearerAuth\` the option \`expectedResource\`; without it no audience is compared.`,
  fastmcp: 'Give `JWTVerifier` the argument `audience`; without it no audience is compared.',
  spring:
    'Set `spring.security.oauth2.resourceserver.jwt.audiences`, or `validateAudienceClaim(true)` of McpServerOAuth2Configurer; with `issuer-uri` alone the audience is not compared.',
  kit: '`protect({ issuer, resource })` compares it exactly; name here the identifier that tokens carry.',
}

/**
 * @param general what holds for any server
 * @param own where something else is true of one of them
 */
export function verifierRemedies(general: string, own: Partial<Remedies> = {}): Remedies {
  return {
    general,
    sdk1: `${VERIFIER} verify with jose: \`jwtVerify(token, createRemoteJWKSet(jwksUri), { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp'] })\`, and throw \`InvalidTokenError\` when it throws.`,
    sdk2: `${VERIFIER} verify with jose: \`jwtVerify(token, createRemoteJWKSet(jwksUri), { issuer, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['exp'] })\`, and throw an \`OAuthError\` with code \`invalid_token\` when it throws.`,
    fastmcp: 'Use `JWTVerifier` with `jwks_uri`, `issuer`, `audience` and `algorithm`, and no verifier of your own.',
    spring:
      'Use the resource server starter with `issuer-uri`, `audiences` and `jws-algorithms`, and add a validator to the `JwtDecoder` for what it leaves out.',
    kit: '`protect({ issuer, resource })` refuses it; nothing has to be set.',
    ...own,
  }
}
