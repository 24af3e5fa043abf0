import { FIRST_RETRY_SECONDS, type IssuerSource } from '../issuer/issuer-source.ts'
import { METADATA_PATH, metadataUrlOf } from '../metadata-url.ts'

const ISSUER_METADATA_PATH = '/.well-known/oauth-authorization-server'
const OPENID_METADATA_PATH = '/.well-known/openid-configuration'

/** Five minutes: a changed tools file reaches clients within a coffee break. */
const METADATA_MAX_AGE_SECONDS = 300

/**
 * The document that tells clients where to get tokens for a resource.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-2 RFC 9728 §2}
 */
export interface ProtectedResourceMetadata {
  readonly resource: string
  readonly authorization_servers: readonly string[]
  readonly bearer_methods_supported: readonly string[]
  /** Of proofs; clients that know none send bearer tokens. */
  readonly dpop_signing_alg_values_supported: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly resource_name?: string
}

/** What the well-known documents of a resource need to be served. */
export interface WellKnown {
  readonly metadata: ProtectedResourceMetadata
  readonly source: IssuerSource
  /** False when other resources live on the same origin: then nobody answers for the whole of it. */
  readonly isAloneOnOrigin: boolean
  /** True when clients of 2025-03-26 are served: they ask the origin for the authorization server's metadata. */
  readonly legacy: boolean
}

/**
 * Answers requests for well-known documents, which are public: any origin may read them, nobody needs a token.
 *
 * @param request any request
 * @param wellKnown the documents
 * @returns the answer, or undefined when the request is for something else
 */
export async function serveWellKnown(request: Request, wellKnown: WellKnown): Promise<Response | undefined> {
  const path = new URL(request.url).pathname.replace(/\/$/, '')
  const ownPath = new URL(metadataUrlOf(wellKnown.metadata.resource)).pathname.replace(/\/$/, '')
  const isProtectedResource = path === METADATA_PATH || path.startsWith(`${METADATA_PATH}/`)
  const isIssuer = [ISSUER_METADATA_PATH, OPENID_METADATA_PATH].some(
    (name) => path === name || path.startsWith(`${name}/`),
  )
  if (!isProtectedResource && !isIssuer) return undefined
  if (request.method === 'OPTIONS') return answer(request, 204, undefined)
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return answer(request, 405, { error: 'method_not_allowed' })
  if (path === ownPath || (path === METADATA_PATH && wellKnown.isAloneOnOrigin)) {
    return answer(request, 200, wellKnown.metadata)
  }
  if (path === ISSUER_METADATA_PATH && wellKnown.legacy) return serveIssuerMetadata(request, wellKnown)
  return answer(request, 404, { error: 'not_found' })
}

// The issuer in the mirrored document stays the real one, so that a newer client that finds it here is not misled.
async function serveIssuerMetadata(request: Request, { source, metadata }: WellKnown): Promise<Response> {
  const issuer = await source.metadata()
  return issuer === undefined
    ? answer(request, 503, { error: 'temporarily_unavailable' })
    : answer(request, 200, nameResource(issuer.document, metadata.resource))
}

// Clients of 2025-03-26 send no `resource`, but they do add their parameters to whatever URL they find here.
function nameResource(document: Readonly<Record<string, unknown>>, resource: string): object {
  const { authorization_endpoint: endpoint } = document
  if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) return document
  const url = new URL(endpoint)
  url.searchParams.set('resource', resource)
  return { ...document, authorization_endpoint: url.href }
}

function answer(request: Request, status: number, body: object | undefined): Response {
  const headers = new Headers({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, OPTIONS',
    // The wildcard does not cover Authorization, which some clients send along.
    'access-control-allow-headers': '*, authorization, mcp-protocol-version',
  })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (status === 200) headers.set('cache-control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
  if (status === 405) headers.set('allow', 'GET, HEAD, OPTIONS')
  if (status === 503) headers.set('retry-after', String(FIRST_RETRY_SECONDS))
  return new Response(body === undefined || request.method === 'HEAD' ? null : JSON.stringify(body), {
    status,
    headers,
  })
}
