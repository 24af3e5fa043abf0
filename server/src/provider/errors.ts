import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { currentUnit } from '../store/unit-of-work.ts'
import { describeError, errorEntry } from './error-catalogue.ts'
import type { Slice } from './slice.ts'

/** What a page about a refusal needs to know. */
export interface Refusal {
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

/** Refusals that a person sees: those that must not, or cannot, be sent back to the client. */
export function errors(renderErrorPage: RenderErrorPage): Slice {
  return {
    async renderError(ctx, out) {
      const page = renderErrorPage(refusalOf(out))
      ctx.set({ ...page.headers })
      ctx.type = 'html'
      ctx.body = page.body
    },
  }
}

/** The wire form of a refusal in JSON: the OAuth members, our code, and the id that finds it in the operator's log. */
export function refusalBody(out: Pick<ErrorOut, 'error' | 'error_description'>): Readonly<Record<string, string>> {
  const { error, code, description, correlationId } = refusalOf(out)
  return { error, error_description: description, error_code: code, correlation_id: correlationId }
}

function refusalOf(out: Pick<ErrorOut, 'error' | 'error_description'>): Refusal {
  return {
    error: out.error,
    code: errorEntry(out.error).code,
    description: describeError(out.error, out.error_description),
    correlationId: currentUnit().correlationId,
  }
}

/** Completes a JSON refusal that the engine wrote. */
export function completeRefusal(ctx: Pick<KoaContextWithOIDC, 'body'>): void {
  const { body } = ctx
  if (typeof body !== 'object' || body === null || !('error' in body) || typeof body.error !== 'string') return
  const description =
    'error_description' in body && typeof body.error_description === 'string' ? body.error_description : undefined
  ctx.body = refusalBody({
    error: body.error,
    ...(description === undefined ? {} : { error_description: description }),
  })
}
