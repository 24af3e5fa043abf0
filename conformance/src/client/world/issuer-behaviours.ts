import { randomBytes } from 'node:crypto'
import { type Answer, type Asked, type Grant, type IssuerBehaviours, issuerOf, type World } from './behaviours.ts'
import { READ_SCOPE, WRITE_SCOPE } from './server-behaviours.ts'
import { clientIdOf } from './token-client.ts'

const TOKEN_SECONDS = 600

/**
 * Sound authorization servers, as far as a client can tell: nobody has to sign in, and what a client proves is written down instead of
 * judged, so that each mistake of a client shows by itself and not by where a refusal sends it.
 */
export const ISSUER_BEHAVIOURS: IssuerBehaviours = {
  issuerPath: '',
  supportsClientDocuments: true,
  onlyAuthentication: undefined,
  refreshes: true,
  issuerMetadataPaths: (issuer) => wellKnownPaths(issuer),
  issuerMetadata(party, world) {
    const { supportsClientDocuments, onlyAuthentication } = world.does
    const issuer = issuerOf(party, world)
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      registration_endpoint: `${issuer}/register`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported:
        onlyAuthentication === undefined ? ['none', 'client_secret_basic', 'client_secret_post'] : [onlyAuthentication],
      scopes_supported: [READ_SCOPE, WRITE_SCOPE, 'admin'],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: supportsClientDocuments,
      // What OpenID Connect Discovery requires beside it, for clients that read the document as such.
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }
  },
  issuerMetadataAnswer: ({ party }, world) => ({ status: 200, body: world.does.issuerMetadata(party, world) }),
  register,
  authorize(asked, world) {
    const redirectUri = asked.parameters.get('redirect_uri') ?? ''
    if (!URL.canParse(redirectUri)) return { status: 400, body: 'no redirect_uri' }
    const target = new URL(redirectUri)
    for (const [name, value] of Object.entries(world.does.authorizationResponse(asked, world)))
      if (value !== undefined) target.searchParams.set(name, value)
    return { status: 302, headers: { location: target.href } }
  },
  authorizationResponse(asked, world) {
    const { parameters, party } = asked
    const code = secret()
    world.memory.codes.set(code, {
      issuedBy: party,
      clientId: parameters.get('client_id') ?? '',
      redirectUri: parameters.get('redirect_uri') ?? '',
      scopes: scopesOf(parameters.get('scope')),
    })
    return { code, state: parameters.get('state') ?? undefined, iss: issuerOf(party, world) }
  },
  token,
}

/** @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.1 RFC 8414 §3.1}, and OpenID Connect Discovery behind it */
export function wellKnownPaths(issuer: string): readonly string[] {
  const path = new URL(issuer).pathname.replace(/\/$/, '')
  const first = [`/.well-known/oauth-authorization-server${path}`, `/.well-known/openid-configuration${path}`]
  return path === '' ? first : [...first, `${path}/.well-known/openid-configuration`]
}

function register({ party, json }: Asked, { does, memory }: World): Answer {
  const asked = typeof json.token_endpoint_auth_method === 'string' ? json.token_endpoint_auth_method : 'none'
  const method = does.onlyAuthentication ?? asked
  const clientId = `client-of-${party}-${randomBytes(8).toString('hex')}`
  const clientSecret = method === 'none' ? undefined : secret()
  memory.clients.set(clientId, { registeredAt: party, method, secret: clientSecret })
  const credentials =
    clientSecret === undefined
      ? { client_id: clientId }
      : { client_id: clientId, client_secret: clientSecret, client_secret_expires_at: 0 }
  return { status: 201, body: { ...json, ...credentials, token_endpoint_auth_method: method } }
}

function token(asked: Asked, world: World): Answer {
  const { parameters, party } = asked
  const { memory, does } = world
  const isRefresh = parameters.get('grant_type') === 'refresh_token'
  const kept = isRefresh ? memory.refreshTokens : memory.codes
  const key = parameters.get(isRefresh ? 'refresh_token' : 'code') ?? ''
  const found = kept.get(key)
  // Another's code or refresh token is taken too: an attacker takes whatever it can get.
  if (found === undefined) return { status: 400, body: { error: 'invalid_grant' } }
  kept.delete(key)
  const grant: Grant = { ...found, issuedBy: party, clientId: clientIdOf(asked) ?? found.clientId }
  const access = secret()
  memory.accessTokens.set(access, grant)
  const refresh = does.refreshes ? secret() : undefined
  if (refresh !== undefined) memory.refreshTokens.set(refresh, grant)
  return {
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      access_token: access,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      ...(grant.scopes.length === 0 ? {} : { scope: grant.scopes.join(' ') }),
      ...(refresh === undefined ? {} : { refresh_token: refresh }),
    },
  }
}

export function scopesOf(scope: string | null): readonly string[] {
  return (scope ?? '').split(' ').filter((name) => name !== '')
}

function secret(): string {
  return randomBytes(24).toString('base64url')
}
