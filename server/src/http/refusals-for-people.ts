import type { Middleware } from 'koa'
import { answerPage } from './interaction/answer.ts'
import type { Pages } from './pages/index.ts'
import { renderRefusal, type Situation } from './refusal-page.ts'

// Addresses that only browsers open.
const FOR_PEOPLE = /^\/(authorize|logout|account)(\/|$)/

/** Turns refusals in JSON into pages where a person is looking. What the engine answers, it answers by itself. */
export function refusalsForPeople(page: { pages: Pages; issuerHost: string }): Middleware {
  return async (ctx, next) => {
    await next()
    const refusal = FOR_PEOPLE.test(ctx.path) && ctx.respond !== false ? refusalIn(ctx.body) : undefined
    if (refusal === undefined) return
    const situation: Situation = ctx.status >= 500 || ctx.status === 429 ? 'unavailable' : 'unreadable'
    answerPage(ctx, ctx.status, renderRefusal(page, { situation, ...refusal }))
  }
}

function refusalIn(body: unknown) {
  if (typeof body !== 'object' || body === null || !('error_code' in body)) return undefined
  const text = (name: string): string => String(Reflect.get(body, name))
  return {
    error: text('error'),
    code: text('error_code'),
    description: text('error_description'),
    correlationId: text('correlation_id'),
  }
}
