import { REDIRECT_URI } from '../../live/live-options.ts'
import type { OAuthClient } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { nativeClient } from '../../oauth/registration.ts'
import { unasked } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** @throws Unmet where the server registers no clients with secrets, which is its choice */
export async function registerConfidential(
  { clients }: AuthorizationServerSubject,
  method: 'client_secret_basic' | 'client_secret_post',
): Promise<OAuthClient> {
  const answer = await clients.register({
    ...nativeClient(REDIRECT_URI),
    token_endpoint_auth_method: method,
    application_type: 'web',
    redirect_uris: ['https://client.example/callback'],
  })
  if (answer.kind !== 'registered') throw unasked(`it registers no clients with ${method}: ${refusalInWords(answer)}`)
  if (!('secret' in answer.client.authentication)) throw unasked('it registers no clients with secrets')
  return answer.client
}
