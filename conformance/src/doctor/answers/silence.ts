import { headerOf } from '../../wire/message.ts'
import type { Reply, Silent } from '../reply.ts'
import { type Step, stop } from '../step.ts'

/**
 * A request with a token that was not answered, while others are.
 * @param plain the reply to the same request, when it may not be answered by an event stream
 */
export function judgeSilence(silent: Silent, plain: Reply): Step {
  const begun = silent.begun !== undefined && headerOf(silent.begun, 'content-type')?.startsWith('text/event-stream')
  if (begun === true || plain.kind === 'answered') {
    return stop('token', {
      ailment: 'stream-held-back',
      saw:
        begun === true
          ? 'The answer begins as an event stream, and its events do not come.'
          : 'A request that may be answered by an event stream gets no answer, and the same without streams gets one at once.',
      change:
        'Turn response buffering and compression off for this path in the proxy (nginx: proxy_buffering off, gzip off; or X-Accel-Buffering: no), and let it not wait for the end of a stream.',
    })
  }
  return stop('token', {
    ailment: 'silence-with-token',
    saw: 'Without a token it answers at once, and with one not at all.',
    change:
      'The server most likely waits for its authorization server: check from where it runs that metadata and keys can be fetched (egress, DNS, proxy settings), and set a timeout.',
  })
}
