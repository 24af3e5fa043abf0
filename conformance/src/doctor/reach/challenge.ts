import { bearerParameters } from '../../server/challenge.ts'
import { headersOf, type WireAnswer } from '../../wire/message.ts'
import { isHttpUrl, lostTls } from '../address.ts'
import { PROXY_ADVICE } from '../proxy-advice.ts'
import { ok, type Step, warn } from '../step.ts'

/** Whether the 401 says where the metadata is. Nothing here stops a client that can guess the place. */
export function judgeChallenge(url: string, answer: WireAnswer): Step {
  const headers = headersOf(answer, 'www-authenticate')
  const parameters = bearerParameters(answer)
  const change = 'Send `WWW-Authenticate: Bearer resource_metadata="<URL of the metadata>"` with every 401.'
  if (headers.length === 0) {
    const saw = 'The 401 has no WWW-Authenticate, so clients have to guess where the metadata is.'
    return warn('challenge', { ailment: 'challenge-missing', saw, change })
  }
  if (parameters === undefined) {
    const saw = `The 401 asks for ${headers.map((header) => header.split(/[\s,]/)[0]).join(', ')}, not for Bearer: something in front may have sent it.`
    return warn('challenge', { ailment: 'challenge-not-bearer', saw, change })
  }
  const named = parameters.get('resource_metadata')
  if (named === undefined) {
    const saw = 'The challenge has no resource_metadata, so clients have to guess where the metadata is.'
    return warn('challenge', { ailment: 'challenge-without-metadata', saw, change })
  }
  if (!isHttpUrl(named)) {
    const saw = `The challenge names ${named}, which is no complete http or https URL.`
    return warn('challenge', { ailment: 'challenge-names-no-url', saw, change })
  }
  if (lostTls(named, url)) {
    const saw = `The challenge names ${named} by http, and the server is used by https.`
    return warn('challenge', { ailment: 'forwarded-proto', saw, change: PROXY_ADVICE })
  }
  return ok('challenge', `It points to ${named}.`)
}
