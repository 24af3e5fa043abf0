import { PAGE_WORDS, pageIn } from '../page.ts'
import { explainSilence } from '../reach/silence.ts'
import type { Reply } from '../reply.ts'
import { ok, type Step, stop, warn } from '../step.ts'

/**
 * Whether a client can redeem its code: the person has signed in already, and sees nothing of what fails here.
 * @param reply to a POST that asks for nothing
 */
export function judgeTokenEndpoint(address: string, reply: Reply): Step {
  if (reply.kind === 'silent') {
    const { saw, change } = explainSilence(address, reply)
    return stop('token-endpoint', { ailment: 'token-endpoint-unreachable', saw, change })
  }
  const { answer } = reply
  const page = pageIn(answer)
  const isElsewhere = answer.status === 404 || answer.status === 405 || (answer.status >= 300 && answer.status < 400)
  if (isElsewhere || (answer.status === 200 && page !== undefined)) {
    const what = page === undefined ? '' : ` with ${PAGE_WORDS[page]}`
    return stop('token-endpoint', {
      ailment: 'token-endpoint-not-there',
      saw: `POST to the token endpoint ${address} is answered ${answer.status}${what}: people sign in, and no client gets a token.`,
      change: 'Correct `token_endpoint` in the metadata of the authorization server, or route that path to it.',
    })
  }
  if (answer.status >= 500) {
    return warn('token-endpoint', {
      ailment: 'token-endpoint-error',
      saw: `POST to the token endpoint ${address}, which asks for nothing, is answered ${answer.status}.`,
      change: 'Look into the log of the authorization server: an empty request should be refused by 400.',
    })
  }
  return ok('token-endpoint', `The token endpoint ${address} answers.`)
}
