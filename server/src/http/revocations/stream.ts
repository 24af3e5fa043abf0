import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from 'koa'
import { answerJson } from '../endpoints.ts'
import { FEED_AGE_MS, FEED_LIFETIME_SECONDS, type RevocationFeed } from './feed.ts'

/** Each holds a socket and some kilobytes. One resource server needs one, so that this many resources have theirs. */
export const STREAMS_MAX = 1_000
/** Said again before it is too old, and early enough that one lost answer leaves time for the next. */
const REPEAT_MS = (FEED_LIFETIME_SECONDS * 1_000) / 3

type Report = (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void

/** Answers with a stream that says what is revoked at once, whenever that changes, and three times a minute. */
export function streamFeed(feed: RevocationFeed, report: Report): (ctx: Context, resourceUri: string) => void {
  let open = 0
  return (ctx, resourceUri) => {
    if (open >= STREAMS_MAX) {
      ctx.set('Retry-After', '5')
      return answerJson(ctx, 503, 'temporarily_unavailable', 'Too many streams are open: ask without one.')
    }
    const { res } = ctx
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    ctx.set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
    // Written by hand: whoever listens goes away in the middle of the answer, always, and that is no failure.
    ctx.respond = false
    ctx.status = 200
    res.flushHeaders()
    open += 1
    tell({ feed, resourceUri, say: (text) => res.write(text), signal: gone.signal })
      // Whoever listens asks again, and hears then what is wrong.
      .catch((error: unknown) => report('warn', 'a stream of revocations ended', { resourceUri, error }))
      .finally(() => {
        open -= 1
        res.end()
      })
  }
}

async function tell({
  feed,
  resourceUri,
  say,
  signal,
}: {
  feed: RevocationFeed
  resourceUri: string
  say: (text: string) => void
  signal: AbortSignal
}): Promise<void> {
  let said = ''
  let saidAt = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    const revoked = await feed.current(resourceUri)
    // The resource was removed: there is nothing to say about it any more.
    if (revoked === undefined) return
    const now = revoked.state
    if (now !== said || performance.now() - saidAt >= REPEAT_MS) {
      say(`data: ${await revoked.statement()}\n\n`)
      said = now
      saidAt = performance.now()
    }
    await sleep(FEED_AGE_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}
