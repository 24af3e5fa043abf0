import type { Context, Middleware } from 'koa'
import type { RegistrySnapshot, ResourceRegistry } from '../store/resource-registry.ts'
import { currentUnit, type RequestFacts } from '../store/unit-of-work.ts'
import { answerJson } from './endpoints.ts'
import { nestingOf } from './limits/nesting.ts'
import { BODY_BYTES_MAX, BodyTooLargeError, readBody, withBody } from './request-body.ts'

/** Parameters about ID tokens, which this server does not issue. */
const WITHOUT_MEANING = ['nonce', 'claims', 'claims_locales', 'id_token_hint']

// Addresses are written down in logs and histories.
const WITH_CREDENTIALS = ['/token', '/par', '/revoke', '/introspect']

// A registration is made by one and changed by the other; what may be in it is the same.
const WITH_BODY = ['POST', 'PUT']

// How the names begin that pushed requests get. @see RFC 9126 §2.2
const PUSHED = 'urn:ietf:params:oauth:request_uri:'

// Clients send some twenty. Past a thousand the engine stops reading, and two readers of one request would see two requests.
const PARAMETERS_MAX = 100

// A resource has some dozens, and some clients ask for all they ever met; each is compared with each of the consent's.
const SCOPES_MAX = 1_000

// A registration has a list in an object, and keys one more of each. What looks into each level must not run out of stack.
const JSON_NESTING_MAX = 16

// The engine answers in any mode it knows, even to refuse that mode, and with pages of its own. This one it does not know.
const UNKNOWN_RESPONSE_MODE = 'unsupported'

// The engine wants the parameter of whoever redeems a code. This is no URI, and is compared with none.
const OMITTED_REDIRECT_URI = 'omitted'

// A server of resources accepts a few. Past this number somebody fills the cookie that they travel in.
const ACR_VALUES_MAX = 10

// The engine ties `max_age` and `acr_values` to OpenID; here they are read from the facts. @see RFC 9470 §4
const SECONDS = /^\d{1,9}$/

/**
 * Puts parameters into the form the engine compares exactly: every spelling of a resource becomes its canonical
 * identifier, and `offline_access`, which is accepted and granted to nobody, is taken out of `scope`.
 * @see RFC 8707 §2, OAuth 2.1 §3.1 (unrecognised parameters are ignored)
 */
export function canonicalParameters(registry: ResourceRegistry): Middleware {
  return async (ctx, next) => {
    const refusal = await canonicaliseRequest(ctx, registry)
    if (refusal === undefined) return next()
    return answerJson(ctx, refusal.status, 'invalid_request', refusal.description)
  }
}

interface RequestRefusal {
  readonly status: 400 | 413
  readonly description: string
}

async function canonicaliseRequest(ctx: Context, registry: ResourceRegistry): Promise<RequestRefusal | undefined> {
  if (ctx.path === '/authorize') return canonicaliseQuery(ctx, registry)
  if (!WITH_BODY.includes(ctx.method)) return undefined
  if (WITH_CREDENTIALS.includes(ctx.path) && ctx.querystring !== '') {
    return { status: 400, description: 'Send parameters in the body, never in the address.' }
  }
  const body = await readLimited(ctx)
  if (body === undefined) return { status: 413, description: `The body is larger than ${BODY_BYTES_MAX} bytes.` }
  if (ctx.is('application/x-www-form-urlencoded')) return canonicaliseForm(ctx, body, registry)
  if (nestingOf(body) > JSON_NESTING_MAX) return { status: 400, description: 'The body is nested too deeply.' }
  ctx.state.engineRequest = withBody(ctx.req, body)
  return undefined
}

async function canonicaliseQuery(ctx: Context, registry: ResourceRegistry): Promise<RequestRefusal | undefined> {
  const params = new URLSearchParams(ctx.querystring)
  const refusal = refuseParameters(params)
  if (refusal !== undefined) return refusal
  ctx.state.clientId = params.get('client_id')
  noteFacts(params)
  rewriteQuery(ctx, canonicalise(withoutCompany(params), await registry.current()).toString())
  return undefined
}

/** A pushed request says everything; what stands beside its name says nothing. @see RFC 9126 §4, RFC 9101 §6.3 */
function withoutCompany(params: URLSearchParams): URLSearchParams {
  if (!params.getAll('request_uri').some((uri) => uri.startsWith(PUSHED))) return params
  return new URLSearchParams([...params].filter(([name]) => name === 'client_id' || name === 'request_uri'))
}

/** Keeps what the engine would not look at, or not in our way, and takes it out of the parameters of an authorization. */
function noteFacts(params: URLSearchParams): void {
  const facts = factsOf(params)
  currentUnit().facts = facts
  for (const name of WITHOUT_MEANING) params.delete(name)
  if (facts.maxAgeSeconds !== undefined) params.delete('max_age')
  // One that was sent twice is left for the engine to refuse.
  if (params.getAll('acr_values').length === 1) params.delete('acr_values')
}

/** The engine finds the issuer's path by comparing the target with the original one, so both change. */
function rewriteQuery(ctx: Context, query: string): void {
  const original = String(Reflect.get(ctx.req, 'originalUrl'))
  const basePath = original.slice(0, original.length - ctx.url.length)
  ctx.querystring = query
  Object.assign(ctx.req, { originalUrl: basePath + ctx.url })
}

async function canonicaliseForm(
  ctx: Context,
  body: Buffer,
  registry: ResourceRegistry,
): Promise<RequestRefusal | undefined> {
  const params = new URLSearchParams(body.toString('utf8'))
  const refusal = refuseParameters(params)
  if (refusal !== undefined) return refusal
  ctx.state.clientId = params.get('client_id')
  if (ctx.path === '/par') noteFacts(params)
  const canonical = canonicalise(params, await registry.current())
  if (ctx.path === '/token' && canonical.get('grant_type') === 'authorization_code' && !canonical.has('redirect_uri')) {
    currentUnit().facts = { ...currentUnit().facts, redirectUriOmitted: true }
    canonical.set('redirect_uri', OMITTED_REDIRECT_URI)
  }
  ctx.state.engineRequest = withBody(ctx.req, Buffer.from(canonical.toString()))
  return undefined
}

function factsOf(params: URLSearchParams): RequestFacts {
  const maxAge = params.getAll('max_age')
  const acrValues = acrValuesOf(params)
  return {
    resourceDefaulted: !params.getAll('resource').some((resource) => resource !== ''),
    offlineAccessAsked: params.getAll('scope').some((scope) => scope.split(' ').includes('offline_access')),
    ...(acrValues.length > 0 ? { acrValues } : {}),
    // One that cannot be read is left for the engine to refuse.
    ...(maxAge.length === 1 && SECONDS.test(maxAge[0] ?? '') ? { maxAgeSeconds: Number(maxAge[0]) } : {}),
  }
}

function acrValuesOf(params: URLSearchParams): readonly string[] {
  return params.getAll('acr_values').flatMap((values) => values.split(' ').filter((value) => value !== ''))
}

function refuseParameters(params: URLSearchParams): RequestRefusal | undefined {
  if (params.size > PARAMETERS_MAX) return { status: 400, description: 'There are too many parameters.' }
  if (params.getAll('scope').some((scope) => scope.split(' ').length > SCOPES_MAX))
    return { status: 400, description: 'There are too many scopes.' }
  if (acrValuesOf(params).length > ACR_VALUES_MAX) return { status: 400, description: 'There are too many acr_values.' }
  // The database cannot hold it, so that a look-up would fail instead of finding nothing.
  if ([...params.values()].some((value) => value.includes('\0')))
    return { status: 400, description: 'A parameter holds a null character.' }
  return undefined
}

async function readLimited(ctx: Context): Promise<Buffer | undefined> {
  try {
    return await readBody(ctx.req, BODY_BYTES_MAX)
  } catch (error) {
    if (error instanceof BodyTooLargeError) return undefined
    throw error
  }
}

function canonicalise(params: URLSearchParams, registry: RegistrySnapshot): URLSearchParams {
  const entries = [...params].flatMap(([name, value]): [string, string][] => {
    // An empty parameter is one that was not sent. @see RFC 6749 §3.1
    if (value === '') return []
    if (name === 'resource') return [[name, registry.resolve(value)?.uri ?? value]]
    if (name === 'response_mode') return [[name, value === 'query' ? value : UNKNOWN_RESPONSE_MODE]]
    if (name !== 'scope') return [[name, value]]
    const scopes = value.split(' ').filter((scope) => scope !== '' && scope !== 'offline_access')
    return scopes.length === 0 ? [] : [[name, scopes.join(' ')]]
  })
  return new URLSearchParams(entries)
}
