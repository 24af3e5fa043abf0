import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'

/** What is read of RFC 8414 metadata, and what both lines of the SDK want of it. */
export interface IssuerMetadata {
  readonly [member: string]: unknown
  readonly issuer: string
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly response_types_supported: string[]
  readonly jwks_uri: string
}

/** `AuthInfo` of both lines of the SDK. */
export interface VerifiedToken {
  readonly token: string
  readonly clientId: string
  readonly scopes: string[]
  readonly expiresAt: number
  readonly resource: URL
  readonly extra: Record<string, unknown>
}

/** Algorithms of the issuer's keys; RS256 and PS256 are what many others sign with. */
const ALGORITHMS = ['ES256', 'EdDSA']
const SKEW_SECONDS = 30

/** @throws Error when the metadata is not there or names another issuer */
export async function fetchIssuerMetadata(issuer: string): Promise<IssuerMetadata> {
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname
  const response = await fetch(`${origin}/.well-known/oauth-authorization-server${path}`)
  if (!response.ok) throw new Error(`${issuer} answers ${response.status}`)
  const metadata = (await response.json()) as IssuerMetadata
  if (metadata.issuer !== issuer) throw new Error(`${issuer} calls itself ${metadata.issuer}`)
  return metadata
}

/**
 * Takes access tokens of one issuer for one resource, and nothing else that this issuer signs.
 * @param refusal makes the error that the SDK answers with 401
 */
export function createVerifier(metadata: IssuerMetadata, resource: URL, refusal: (message: string) => Error) {
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri))
  return async (token: string): Promise<VerifiedToken> => {
    const { payload } = await jwtVerify(token, keys, {
      issuer: metadata.issuer,
      audience: resource.href,
      typ: 'at+jwt',
      algorithms: ALGORITHMS,
      clockTolerance: SKEW_SECONDS,
      requiredClaims: ['exp', 'sub', 'client_id'],
    }).catch((error: unknown) => {
      // Keys that cannot be had say nothing about the token: 500, and the client keeps it.
      throw isOutage(error) ? error : refusal('the token is not good here')
    })
    return verifiedOf(token, payload, resource)
  }
}

/** jose has one class for a key set that is late, and its base class for one that answers an error. */
function isOutage(error: unknown): boolean {
  return (
    !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC'
  )
}

function verifiedOf(token: string, payload: JWTPayload, resource: URL): VerifiedToken {
  const { client_id, scope, exp = 0, sub } = payload
  return {
    token,
    clientId: String(client_id),
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
    // The SDK compares this once more, and without tolerance.
    expiresAt: exp + SKEW_SECONDS,
    resource,
    extra: { sub },
  }
}
