import type { Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildSentence, plainText } from './sentence.ts'
import type { ContinueView } from './views.ts'

/** `//host` is an address, not a path, and browsers drop blanks and turn backslashes before they read one. */
const NEXT_ADDRESS = /^(?:\/(?!\/)|https?:\/\/)[^\s\\]*$/

/** @throws RangeError when `next` is neither a path nor an http(s) address: a page must never move on to a script. */
export function buildContinueOn(view: ContinueView): Page {
  if (!NEXT_ADDRESS.test(view.next))
    throw new RangeError('next of a continue page must be a path or an http(s) address')
  const { clientName } = view
  const heading =
    clientName === undefined
      ? buildSentence(MESSAGES.movingHeading, {})
      : buildSentence(MESSAGES.continueHeading, { client: clientName })
  return {
    frame: {
      title: plainText(heading),
      issuerHost: view.issuerHost,
      refreshTo: view.next,
      footerRequestId: view.correlationId,
    },
    template: 'continue-on',
    content: {
      heading,
      advice:
        clientName === undefined
          ? buildSentence(MESSAGES.movingAdvice, {})
          : buildSentence(MESSAGES.continueAdvice, { client: clientName }),
      next: view.next,
    },
  }
}
