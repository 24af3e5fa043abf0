import type { Context } from 'koa'
import { answerPage, answerPasskeyPage } from '../interaction/answer.ts'

/** Whoever changes something shows the password once more. */
export const WRONG_PASSWORD = 'That is not your current password. Nothing was changed.'

/**
 * Sends a page of the account. Nobody opens it as a popup to wait for an answer, so that other windows are cut off from it;
 * on the pages of an authorization that would leave popup clients hanging.
 * @param hasScript whether it talks to an authenticator
 */
export function answerAccountPage(ctx: Context, status: number, html: string, hasScript = false): void {
  if (hasScript) answerPasskeyPage(ctx, status, html)
  else answerPage(ctx, status, html)
  ctx.set('Cross-Origin-Opener-Policy', 'same-origin')
}

/** Sends the browser to a page of the account; the address bar then holds nothing that a reload would send again. */
export function moveToAccount(ctx: Context, basePath: string, page: '' | '/sign-in'): void {
  ctx.status = 303
  ctx.set({ Location: `${basePath}/account${page}`, 'Cache-Control': 'no-store' })
  ctx.body = ''
}
