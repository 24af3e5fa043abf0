// setTimeout takes no more than 2^31 - 1 ms; no token should live for 24 days, and if one does its stream ends earlier.
const MAX_TIMER_MILLISECONDS = 2_147_483_647

/**
 * Ends an event stream when the token that opened it expires. A request is allowed for as long as its token is good;
 * for a stream that would otherwise go on for days, that has to be made true.
 *
 * @param response the answer of the server; anything but an event stream passes untouched
 * @param secondsLeft how long the token is still good
 */
export function endStreamAfter(response: Response, secondsLeft: number): Response {
  const isEventStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  if (response.body === null || !isEventStream) return response
  const reader = response.body.getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  let open = true
  const close = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    if (open) controller.close()
    open = false
    clearTimeout(timer)
  }
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setTimeout(() => {
        close(controller)
        void reader.cancel('the access token has expired').catch(() => undefined)
      }, timerMilliseconds(secondsLeft))
    },
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) close(controller)
      else if (open) controller.enqueue(value)
    },
    async cancel(reason) {
      open = false
      clearTimeout(timer)
      await reader.cancel(reason)
    },
  })
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
}

/**
 * Seconds as a timer takes them.
 *
 * @param seconds how long to wait; less than nothing is at once
 * @returns milliseconds
 */
export function timerMilliseconds(seconds: number): number {
  return Math.min(Math.max(seconds, 0) * 1000, MAX_TIMER_MILLISECONDS)
}
