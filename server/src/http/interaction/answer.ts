import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { PAGE_HEADERS } from '../pages/index.ts'
import { renderRefusal } from '../refusal-page.ts'
import type { InteractionDeps, Pending } from './ports.ts'

/** Sends a page. */
export function answerPage(ctx: Context, status: number, html: string): void {
  ctx.status = status
  ctx.set({ ...PAGE_HEADERS })
  ctx.type = 'html'
  ctx.body = html
}

/** Sends the browser to another page of the same interaction. */
export function moveTo(
  ctx: Context,
  pending: Pick<Pending, 'uid'>,
  page: 'sign-in' | 'consent' | 'continue',
  deps: Pick<InteractionDeps, 'basePath'>,
): void {
  ctx.status = 303
  ctx.set('Location', `${deps.basePath}/authorize/${pending.uid}/${page}`)
  ctx.body = ''
}

type ErrorDeps = Pick<InteractionDeps, 'pages' | 'issuerHost'>

/** The interaction is over, was made in another browser, or never was. */
export function answerExpired(ctx: Context, deps: ErrorDeps): void {
  const refusal = { situation: 'gone', error: 'invalid_request', code: 'SALLYPORT_E_INTERACTION_EXPIRED' } as const
  const { correlationId } = currentUnit()
  answerPage(ctx, 400, renderRefusal(deps, { ...refusal, description: '', correlationId }))
}

/** A form without the token of its own page: sent by another site, or from a page of another interaction. */
export function answerForged(ctx: Context, deps: ErrorDeps): void {
  answerPage(
    ctx,
    403,
    deps.pages.error({
      issuerHost: deps.issuerHost,
      correlationId: currentUnit().correlationId,
      title: 'This form cannot be accepted',
      message: 'It does not belong to the page that was opened in this browser.',
      advice: 'Go back to the app you came from and start again.',
      error: 'access_denied',
      code: 'SALLYPORT_E_FORM_TOKEN',
    }),
  )
}
