import { metadataUrlOf } from './metadata-url.ts'

/**
 * A verified access token, without the token. Exists only after signature, issuer, audience, type and times were
 * checked.
 */
export interface Access {
  /** `at:` and the SHA-256 of the token in hex: names the token in logs and to the kit, and is worth nothing elsewhere. */
  readonly handle: string
  readonly subject: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly issuer: string
  /** The resource identifier that the token is for. */
  readonly resource: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** `jti` */
  readonly tokenId: string | undefined
  /** `gid`: the grant that the token was issued under. */
  readonly grantId: string | undefined
  /** `act`: who acts for the subject (RFC 8693 §4.1), nested for each hop. */
  readonly actor: Readonly<Record<string, unknown>> | undefined
  /** `auth_time`: when the person signed in, in seconds since the epoch. */
  readonly authTime: number | undefined
  readonly acr: string | undefined
  /** Thumbprint of the key that the token is bound to, and that whoever sent it has shown (RFC 9449 §6). */
  readonly keyThumbprint: string | undefined
}

/** What both lines of the MCP SDK hand to request handlers. */
export interface AuthInfo {
  /** The handle of the token, never the token. */
  token: string
  clientId: string
  scopes: string[]
  /** Seconds since the epoch. */
  expiresAt: number
  resource: URL
  /** Where SDK 2.x sends clients that lack a scope; SDK 1.x does not know it. */
  resourceMetadataUrl: string
  extra: Record<string, unknown>
}

/** The verifier that both lines of the MCP SDK take. */
export interface TokenVerifier {
  /**
   * @param token an access token as it came in the Authorization header
   * @throws TokenRefusedError when the token is not good here
   * @throws IssuerUnavailableError when the issuer's keys cannot be had, so that nobody can tell
   */
  verifyAccessToken(token: string): Promise<AuthInfo>
}

/**
 * Writes verified access the way the MCP SDKs read it.
 *
 * @param access a verified access token
 */
export function authInfoOf(access: Access): AuthInfo {
  const optional = {
    jti: access.tokenId,
    gid: access.grantId,
    act: access.actor,
    auth_time: access.authTime,
    acr: access.acr,
  }
  const present = Object.entries(optional).filter(([, value]) => value !== undefined)
  return {
    token: access.handle,
    clientId: access.clientId,
    scopes: [...access.scopes],
    expiresAt: access.expiresAt,
    resource: new URL(access.resource),
    resourceMetadataUrl: metadataUrlOf(access.resource),
    extra: { sub: access.subject, iss: access.issuer, ...Object.fromEntries(present) },
  }
}

/**
 * The handle of a token: what may be kept and logged instead of it.
 *
 * @param token an access token
 */
export async function handleOf(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return `at:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
