import { judgePublicKeySet } from '../config/public-key-set.ts'
import { judgeRedirectUri, MAX_REDIRECT_URIS, type RedirectUriKind } from '../config/redirect-uri.ts'
import { CLIENT_PROPERTIES, isPreRegistered } from './client-properties.ts'

/** Metadata of a client as it came in: RFC 7591 names, nothing known of the values. */
export type ClientMetadata = Record<string, unknown>

export type NormalisedClientMetadata =
  | { readonly ok: true; readonly metadata: ClientMetadata }
  | { readonly ok: false; readonly reason: string }

// Characters; the longest name of a client seen has some forty.
const CLIENT_NAME_MAX = 200
/** What any client may hold. Grants for machines and exchange need an operator. */
const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const
/** For clients that the operator brought in and that sign in by key; which tokens they may exchange is another question. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/**
 * The one normaliser of client metadata, whatever door it came through: registration, document,
 * settings file or command line.
 * Applying it twice changes nothing.
 * @param options.privateUseRedirects `scheme://host` that private-use redirects may have
 * @see RFC 7591 §2
 */
export function normaliseClientMetadata(
  metadata: ClientMetadata,
  options: { privateUseRedirects: readonly string[] },
): NormalisedClientMetadata {
  const redirectUris = metadata.redirect_uris
  const keys = keysOf(metadata)
  if (!keys.ok) return { ok: false, reason: `jwks ${keys.reason}` }
  const mayExchange = keys.jwks !== undefined && isPreRegistered(metadata)
  if (!isListOfText(redirectUris) || (redirectUris.length === 0 && !mayExchange)) {
    return { ok: false, reason: 'redirect_uris must be a list with at least one URI' }
  }
  if (redirectUris.length > MAX_REDIRECT_URIS) {
    return { ok: false, reason: `redirect_uris can hold at most ${MAX_REDIRECT_URIS} URIs` }
  }
  const judged = redirectUris.map((uri) => ({ uri, ...judgeRedirectUri(uri, options.privateUseRedirects) }))
  const bad = judged.find((redirect) => !redirect.ok)
  if (bad !== undefined && !bad.ok) {
    return { ok: false, reason: `redirect_uris: ${bad.reason}` }
  }
  const kinds = new Set(judged.flatMap((redirect) => (redirect.ok ? [redirect.kind] : [])))
  const signing = keys.jwks === undefined ? { token_endpoint_auth_signing_alg: undefined } : {}
  const made = normalised({ ...metadata, jwks: keys.jwks, ...signing }, redirectUris, kinds)
  return { ok: true, metadata: mayExchange && made.jwks !== undefined ? withExchange(made) : made }
}

/**
 * The keys of a client that signs in by key; any other client has none, whatever it sent. Those of a document may be
 * elsewhere, or gone: a client without keys proves nothing, and the engine refuses to register one.
 */
function keysOf(metadata: ClientMetadata): { ok: true; jwks?: unknown } | { ok: false; reason: string } {
  const { jwks, token_endpoint_auth_method: method } = metadata
  if (method !== 'private_key_jwt' || jwks == null) return { ok: true }
  return metadata[CLIENT_PROPERTIES.source] === 'document' ? { ok: true, jwks } : judgePublicKeySet(jwks)
}

/** A client without redirect URIs exchanges tokens and does nothing else: no person is ever sent to it. */
function withExchange(metadata: ClientMetadata): ClientMetadata {
  const isRedirected = isListOfText(metadata.redirect_uris) && metadata.redirect_uris.length > 0
  if (!isRedirected) return { ...metadata, grant_types: [TOKEN_EXCHANGE], response_types: [] }
  return { ...metadata, grant_types: [...GRANT_TYPES, TOKEN_EXCHANGE] }
}

function normalised(
  metadata: ClientMetadata,
  redirectUris: readonly string[],
  kinds: ReadonlySet<RedirectUriKind>,
): ClientMetadata {
  const { grant_types: stated } = metadata
  const name = cleanName(metadata.client_name)
  // Clients state "web" beside loopback and private-use URIs; what the URIs are decides.
  const native = metadata.application_type === 'native' || kinds.has('loopback') || kinds.has('private-use')
  const onRequestOnly =
    metadata[CLIENT_PROPERTIES.refreshOnRequest] === true || (isListOfText(stated) && !stated.includes('refresh_token'))
  return {
    ...keepUsed(metadata),
    ...(kinds.has('private-use') && !isSignedDocument(metadata) ? PUBLIC : {}),
    ...(name === undefined ? {} : { client_name: name }),
    redirect_uris: [...redirectUris],
    application_type: native ? 'native' : 'web',
    grant_types: [...GRANT_TYPES],
    response_types: ['code'],
    [CLIENT_PROPERTIES.refreshOnRequest]: onRequestOnly,
  }
}

/**
 * Members that are taken as they come. What is not listed is ignored, so that a blank `logo_uri` or a new member of some
 * client cannot break its registration; `scope` above all, which would freeze a client to what it knew on its first day.
 */
const TAKEN = [
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'jwks',
  'dpop_bound_access_tokens',
  'require_pushed_authorization_requests',
  CLIENT_PROPERTIES.source,
  CLIENT_PROPERTIES.defaultResource,
  CLIENT_PROPERTIES.trustedDocument,
]

function keepUsed(metadata: ClientMetadata): ClientMetadata {
  return Object.fromEntries(Object.entries(metadata).filter(([name, value]) => TAKEN.includes(name) && value != null))
}

// An app behind its own scheme runs on people's machines and cannot keep a secret. @see RFC 8252 §8.5
const PUBLIC = {
  token_endpoint_auth_method: 'none',
  client_secret: undefined,
  client_secret_expires_at: undefined,
  token_endpoint_auth_signing_alg: undefined,
  jwks: undefined,
}

/** A client whose document says that it proves itself by a key must do so, whatever else it runs on. */
function isSignedDocument({ token_endpoint_auth_method: method, ...metadata }: ClientMetadata): boolean {
  return method === 'private_key_jwt' && metadata[CLIENT_PROPERTIES.source] === 'document'
}

/** What the database can hold and a person can be shown; pages shorten it further. */
function cleanName(name: unknown): string | undefined {
  if (typeof name !== 'string') return undefined
  const clean = [...name.replaceAll(/\p{Cc}/gu, ' ').toWellFormed()].slice(0, CLIENT_NAME_MAX).join('').trim()
  return clean === '' ? undefined : clean
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}
