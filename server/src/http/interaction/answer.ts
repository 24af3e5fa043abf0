import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { PAGE_HEADERS, PASSKEY_PAGE_HEADERS } from '../pages/index.ts'
import { type PersonalRefusal, renderRefusal } from '../refusal-page.ts'
import type { InteractionDeps, Pending } from './ports.ts'

/** Sends a page. */
export function answerPage(ctx: Context, status: number, html: string): void {
  ctx.status = status
  ctx.set({ ...PAGE_HEADERS })
  ctx.type = 'html'
  ctx.body = html
}

/** Sends a page that may talk to an authenticator. */
export function answerPasskeyPage(ctx: Context, status: number, html: string): void {
  answerPage(ctx, status, html)
  ctx.set({ ...PASSKEY_PAGE_HEADERS })
}

/** Sends the browser to another page of the same interaction. */
export function moveTo(
  ctx: Context,
  pending: Pick<Pending, 'nextPath'>,
  page: 'sign-in' | 'consent' | 'continue',
): void {
  ctx.status = 303
  ctx.set('Location', `${pending.nextPath}/${page}`)
  ctx.body = ''
}

/** Codes of what a page alone can be refused for. */
export const PAGE_CODES = { expired: 'SALLYPORT_E_INTERACTION_EXPIRED', forged: 'SALLYPORT_E_FORM_TOKEN' } as const

type ErrorDeps = Pick<InteractionDeps, 'pages' | 'issuerHost'>

/** The interaction is over, was made in another browser, or never was. */
export function answerExpired(ctx: Context, deps: ErrorDeps): void {
  answerRefusal(ctx, 400, deps, {
    situation: 'gone',
    error: 'invalid_request',
    code: PAGE_CODES.expired,
  })
}

/** A form without the token of its own page: sent by another site, or from a page of another interaction. */
export function answerForged(ctx: Context, deps: ErrorDeps): void {
  answerRefusal(ctx, 403, deps, { situation: 'forged', error: 'access_denied', code: PAGE_CODES.forged })
}

function answerRefusal(
  ctx: Context,
  status: number,
  deps: ErrorDeps,
  refusal: Pick<PersonalRefusal, 'situation' | 'error' | 'code'>,
): void {
  const unit = currentUnit()
  unit.refusedWith = refusal.code
  const { correlationId } = unit
  answerPage(ctx, status, renderRefusal(deps, { ...refusal, description: '', correlationId }))
}
