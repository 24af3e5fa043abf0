import type { Context, Middleware } from 'koa'
import { currentUnit } from '../store/unit-of-work.ts'

/** Of an address that is only read. */
export const READ_METHODS: readonly string[] = ['GET', 'HEAD']

/** Endpoints the engine answers, below the issuer, with the methods each takes. */
export const ENGINE_ENDPOINTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/.well-known/oauth-authorization-server', READ_METHODS],
  ['/.well-known/openid-configuration', READ_METHODS],
  ['/.well-known/jwks.json', READ_METHODS],
  ['/token', ['POST']],
  ['/par', ['POST']],
  ['/register', ['POST']],
  ['/revoke', ['POST']],
  ['/introspect', ['POST']],
  ['/authorize', ['GET']],
])

// `/authorize` is for people, `/introspect` for servers: neither answers a script.
const WITHOUT_SCRIPTS = ['/authorize', '/introspect']

/** Endpoints that pages of other origins call. */
export const CROSS_ORIGIN_ENDPOINTS: ReadonlyMap<string, readonly string[]> = new Map(
  [...ENGINE_ENDPOINTS].filter(([path]) => !WITHOUT_SCRIPTS.includes(path)),
)

/** Endpoints whose path ends with something of a request. */
const VARYING = [
  { name: '/authorize/{uid}', pattern: /^\/authorize\/[A-Za-z0-9_-]{1,128}$/, methods: ['GET'] },
  { name: '/register/{id}', pattern: /^\/register\/[A-Za-z0-9_-]{1,128}$/, methods: ['GET', 'PUT', 'DELETE'] },
] as const

/** Endpoints that there are not, by who may register clients. */
export function disabledEndpoints(registration: 'open' | 'token' | 'off'): ReadonlySet<string> {
  if (registration === 'token') return new Set()
  return new Set(registration === 'open' ? ['/register/{id}'] : ['/register', '/register/{id}'])
}

/** Lets through what the engine serves; everything else is a JSON answer, so that no client parses a page as metadata. */
export function onlyEndpoints(disabled: ReadonlySet<string>): Middleware {
  return async (ctx, next) => {
    const varying = VARYING.find(({ pattern }) => pattern.test(ctx.path))
    const methods: readonly string[] | undefined = varying?.methods ?? ENGINE_ENDPOINTS.get(ctx.path)
    if (methods === undefined || disabled.has(varying?.name ?? ctx.path))
      return answerJson(ctx, 404, 'not_found', 'There is nothing at this address.')
    if (methods.includes(ctx.method)) return next()
    answerWrongMethod(ctx, methods)
  }
}

/** 405 with the methods that the address takes. @see RFC 9110 §15.5.6 */
export function answerWrongMethod(ctx: Context, methods: readonly string[]): void {
  ctx.set('Allow', methods.join(', '))
  answerJson(ctx, 405, 'invalid_request', `Use ${methods.join(' or ')} here.`)
}

/** A refusal in JSON: the OAuth members, our code, and the id that finds it in the operator's log. */
export function answerJson(
  ctx: Context,
  status: keyof typeof CODES,
  error: string,
  description: string,
  code: `SALLYPORT_E_${string}` = CODES[status],
): void {
  currentUnit().refusedWith = code
  ctx.status = status
  ctx.set('Cache-Control', 'no-store')
  // What was too large was not read to its end: the connection cannot carry another request.
  if (status === 413) ctx.set('Connection', 'close')
  ctx.body = refusalMembers({ error, description, code, correlationId: currentUnit().correlationId })
}

/** Members of a refusal in JSON. */
export function refusalMembers(refusal: {
  readonly error: string
  readonly description: string
  readonly code: string
  readonly correlationId: string
}): Readonly<Record<string, string>> {
  const { error, description, code, correlationId } = refusal
  return { error, error_description: description, error_code: code, correlation_id: correlationId }
}

/** Our code of each status that is answered here. */
export const CODES = {
  400: 'SALLYPORT_E_REQUEST',
  404: 'SALLYPORT_E_NOT_FOUND',
  405: 'SALLYPORT_E_METHOD',
  408: 'SALLYPORT_E_SLOW',
  413: 'SALLYPORT_E_TOO_LARGE',
  429: 'SALLYPORT_E_LIMIT',
  431: 'SALLYPORT_E_TOO_LARGE',
  503: 'SALLYPORT_E_UNAVAILABLE',
} as const
