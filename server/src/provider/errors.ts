import { type ErrorOut, errors as engineErrors, type KoaContextWithOIDC } from 'oidc-provider'
import { currentUnit } from '../store/unit-of-work.ts'
import { DocumentError, LIMIT_RETRY_SECONDS } from './client-documents/refusal.ts'
import { CLIENT_DOCUMENT_UNUSABLE, describeError, errorEntry, LIMITED } from './error-catalogue.ts'
import { addressOfError, type ErrorRedirectRules, strangersHost } from './held-errors.ts'
import type { Slice } from './slice.ts'

/** What a page about a refusal needs to know. */
export interface Refusal {
  /** The request was wrong, what it belongs to is no longer there, or the server cannot at the moment. */
  readonly situation: 'refused' | 'gone' | 'unavailable'
  readonly error: string
  readonly code: string
  readonly description: string
  readonly correlationId: string
}

/** Renders a page; handed in, because pages live on the other side of the same floor. */
export type RenderErrorPage = (refusal: Refusal) => {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Errors of the authorization endpoint: on a page, where the client has not earned an answer. */
export function errors(renderErrorPage: RenderErrorPage, rules: ErrorRedirectRules): Slice {
  return {
    async renderError(ctx, out, error) {
      const address = await addressOfError(ctx, out, error, rules)
      if (address !== undefined) {
        ctx.status = 303
        return ctx.redirect(address)
      }
      const refusal = refusalForPerson(out, error)
      const host = strangersHost(ctx, rules.privateUseRedirects)
      const where = host === undefined ? '' : ` The app answers at ${host}, an address nobody vouched for here.`
      const page = renderErrorPage({ ...refusal, description: refusal.description + where })
      // An error that was on its way back to the client brings the status of a redirect along.
      if (ctx.status < 400) ctx.status = 400
      // Nothing of a refused request is written: the browser keeps the cookies it came with.
      ctx.remove('Set-Cookie')
      if (ctx.status === 429) ctx.set('Retry-After', String(LIMIT_RETRY_SECONDS))
      if (isForgotten(error) && ctx.accepts('html') === false && ctx.accepts('json') !== false) {
        ctx.body = refusalBody(out)
        return
      }
      ctx.set({ ...page.headers })
      ctx.type = 'html'
      ctx.body = page.body
    },
  }
}

/**
 * A client that is not registered, or no longer. Programs that kept a registration ask here, before they send a person, whether
 * it still counts, and register anew when they read this; the page would be a dead end for their people. A browser takes HTML.
 */
function isForgotten(error: Error): boolean {
  return error instanceof engineErrors.InvalidClient && !(error instanceof DocumentError)
}

/** The wire form of a refusal in JSON: the OAuth members, our code, and the id that finds it in the operator's log. */
export function refusalBody(out: Pick<ErrorOut, 'error' | 'error_description'>): Readonly<Record<string, string>> {
  const { error, code, description, correlationId } = refusalOf(out)
  currentUnit().refusedWith = code
  return { error, error_description: description, error_code: code, correlation_id: correlationId }
}

/** The wire form of a refusal with 429. */
export function limitedBody(): Readonly<Record<string, string>> {
  const { code, sentence } = LIMITED
  return { ...refusalBody({ error: 'temporarily_unavailable', error_description: sentence }), error_code: code }
}

function refusalForPerson(out: ErrorOut, error: Error): Refusal {
  if (error instanceof engineErrors.SessionNotFound) return refusalOfGone()
  if (error instanceof DocumentError) return refusalOfDocument(error)
  // Mostly a page that was loaded again, or a tab that waited.
  if (error instanceof engineErrors.InvalidRequestUri) return { ...refusalOf(out), situation: 'gone' }
  return error instanceof engineErrors.OIDCProviderError && error.expose ? refusalOf(out) : refusalOfUnavailable()
}

/** One page for everything that can be wrong with a document, so that it tells nothing of what its URL leads to. */
function refusalOfDocument({ reason }: DocumentError): Refusal {
  if (reason === 'limit') return refusalOfUnavailable()
  const { code, sentence: description } = CLIENT_DOCUMENT_UNUSABLE
  return { ...refusalOf({ error: 'invalid_client' }), code, description }
}

/** The person comes back to what was used, ended, or begun in another browser. */
export function refusalOfGone(): Refusal {
  return { ...refusalOf({ error: 'invalid_request' }), situation: 'gone', code: 'SALLYPORT_E_INTERACTION_EXPIRED' }
}

export function refusalOfUnavailable(): Refusal {
  return { ...refusalOf({ error: 'temporarily_unavailable' }), situation: 'unavailable' }
}

function refusalOf(out: Pick<ErrorOut, 'error' | 'error_description'>): Refusal {
  return {
    situation: 'refused',
    error: out.error,
    code: errorEntry(out.error).code,
    description: describeError(out.error, out.error_description),
    correlationId: currentUnit().correlationId,
  }
}

type Answer = Pick<KoaContextWithOIDC, 'body' | 'status' | 'redirect'> & {
  readonly response: Pick<KoaContextWithOIDC['response'], 'get'>
}

/** Completes a refusal that the engine wrote, as JSON or on its way back to the client. */
export function completeRefusal(ctx: Answer): void {
  if (ctx.status === 303) completeRedirect(ctx)
  else completeBody(ctx)
}

function completeBody(ctx: Answer): void {
  const { body } = ctx
  if (typeof body !== 'object' || body === null || !('error' in body) || typeof body.error !== 'string') return
  const description = 'error_description' in body ? body.error_description : undefined
  const said = typeof description === 'string' ? { error_description: description } : {}
  ctx.body = ctx.status === 429 ? limitedBody() : refusalBody({ error: body.error, ...said })
}

/** @see RFC 6749 §4.1.2.1 (clients ignore parameters they do not know), RFC 9207 §2 */
function completeRedirect(ctx: Answer): void {
  const url = URL.parse(ctx.response.get('Location'))
  if (url === null) return
  // The answer to a response type that is not supported stands where the client would have looked for a token.
  const inFragment = url.hash !== ''
  const params = new URLSearchParams(inFragment ? url.hash.slice(1) : url.search)
  const error = params.get('error')
  if (error === null || !params.has('iss') || params.has('code')) return
  const description = params.get('error_description')
  const refusal = refusalBody({ error, ...(description === null ? {} : { error_description: description }) })
  for (const [name, value] of Object.entries(refusal)) params.set(name, value)
  // The engine repeats what was asked, which means nothing in an error.
  params.delete('scope')
  if (inFragment) url.hash = params.toString()
  else url.search = params.toString()
  ctx.redirect(url.href)
}
