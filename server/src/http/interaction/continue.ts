import type { Context } from 'koa'
import { currentUnit } from '../../store/unit-of-work.ts'
import { answerExpired, answerPage } from './answer.ts'
import { factsOf } from './facts.ts'
import type { InteractionDeps } from './ports.ts'

/**
 * The page between a form and what follows it. Chromium applies `form-action` to every redirect after a form, and the
 * last one leads to the client, or on to an app of its own; from a page of status 200 it is an ordinary navigation.
 */
export async function showContinue(ctx: Context, uid: string, deps: InteractionDeps): Promise<void> {
  const pending = await deps.interactions.find(uid)
  if (pending === undefined) return answerExpired(ctx, deps)
  const { correlationId } = currentUnit()
  const view = { issuerHost: deps.issuerHost, correlationId, next: pending.nextPath }
  // After sign-in a question may follow; only after the answer is the way back to the client.
  const clientName = pending.decided ? (await factsOf(pending, deps)).client.name : undefined
  answerPage(ctx, 200, deps.pages.continueOn(clientName === undefined ? view : { ...view, clientName }))
}
