import type { Context, Middleware } from 'koa'
import type { RegistrySnapshot, ResourceRegistry } from '../store/resource-registry.ts'
import { currentUnit } from '../store/unit-of-work.ts'
import { answerJson } from './endpoints.ts'
import { BodyTooLargeError, FORM_BYTES_MAX, readBody, withBody } from './request-body.ts'

/** Parameters that mean something only with an ID token, which this server does not issue. */
const WITHOUT_MEANING = ['nonce', 'claims', 'claims_locales', 'id_token_hint']

/**
 * Puts parameters into the form the engine compares exactly: every spelling of a resource becomes its canonical
 * identifier, and `offline_access`, which is accepted and granted to nobody, is taken out of `scope`.
 * @see RFC 8707 §2, OAuth 2.1 §3.1 (unrecognised parameters are ignored)
 */
export function canonicalParameters(registry: ResourceRegistry): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/authorize') await canonicaliseQuery(ctx, registry)
    if (ctx.path === '/token' && !(await canonicaliseForm(ctx, registry))) return undefined
    return next()
  }
}

async function canonicaliseQuery(ctx: Context, registry: ResourceRegistry): Promise<void> {
  const params = new URLSearchParams(ctx.querystring)
  currentUnit().facts = {
    resourceDefaulted: !params.has('resource'),
    offlineAccessAsked: params.getAll('scope').some((scope) => scope.split(' ').includes('offline_access')),
  }
  for (const name of WITHOUT_MEANING) params.delete(name)
  ctx.querystring = canonicalise(params, await registry.current()).toString()
}

/** @returns false when the request was answered */
async function canonicaliseForm(ctx: Context, registry: ResourceRegistry): Promise<boolean> {
  if (ctx.querystring !== '') {
    answerJson(ctx, 400, 'invalid_request', 'Send parameters in the body, never in the address.')
    return false
  }
  const body = await readTokenBody(ctx.req)
  if (body === undefined) {
    answerJson(ctx, 413, 'invalid_request', `The body is larger than ${FORM_BYTES_MAX} bytes.`)
    return false
  }
  const isForm = typeof ctx.is('application/x-www-form-urlencoded') === 'string'
  const params = isForm ? canonicalise(new URLSearchParams(body.toString('utf8')), await registry.current()) : undefined
  ctx.state.engineRequest = withBody(ctx.req, params === undefined ? body : Buffer.from(params.toString()))
  return true
}

async function readTokenBody(req: Parameters<typeof readBody>[0]): Promise<Buffer | undefined> {
  try {
    return await readBody(req, FORM_BYTES_MAX)
  } catch (error) {
    if (error instanceof BodyTooLargeError) return undefined
    throw error
  }
}

function canonicalise(params: URLSearchParams, registry: RegistrySnapshot): URLSearchParams {
  const entries = [...params].flatMap(([name, value]): [string, string][] => {
    // An empty parameter is one that was not sent. @see RFC 6749 §3.1
    if (name === 'resource') return value === '' ? [] : [[name, registry.resolve(value)?.uri ?? value]]
    if (name !== 'scope') return [[name, value]]
    const scopes = value.split(' ').filter((scope) => scope !== '' && scope !== 'offline_access')
    return scopes.length === 0 ? [] : [[name, scopes.join(' ')]]
  })
  return new URLSearchParams(entries)
}
