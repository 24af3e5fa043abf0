import type { Reply } from '../reply.ts'
import { ok, type Step, warn } from '../step.ts'

/** A stream that is open and quiet is all right; one whose head does not come in this time is not open yet. */
export const LISTENING_MS = 2_000

/**
 * Whether the stream that a session listens on opens, or the server has none.
 * @param reply to the GET; a quiet stream is silence with a head
 */
export function judgeListening(reply: Reply): Step {
  if (reply.kind === 'answered') {
    return ok('listening', `A GET to listen is answered ${reply.answer.status}.`)
  }
  if (reply.begun !== undefined) return ok('listening', 'The stream to listen on opens.')
  return warn('listening', {
    ailment: 'listening-held-back',
    saw: 'A GET to listen in the session gets no answer, not even the head of one: what the server tells by itself does not arrive.',
    change:
      'Turn response buffering off for GET of this path in the proxy; and let the server send the head of the stream at once.',
  })
}
