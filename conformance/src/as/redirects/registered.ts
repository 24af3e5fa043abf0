import type { Check } from '../../check/check.ts'
import { type Finding, faulty, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { nativeClient } from '../../oauth/registration.ts'
import { asking } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

const REMEDY = {
  general:
    'Refuse every redirect URI that is neither https, nor http on loopback, nor of a private scheme that you know.',
}

/** Whether any of these redirect URIs can be registered. */
async function tryToRegister(
  subject: AuthorizationServerSubject,
  uris: readonly string[],
  type: string,
): Promise<Finding> {
  const taken: string[] = []
  const refusals: string[] = []
  for (const uri of uris) {
    const answer = await subject.clients.register({ ...nativeClient(uri), application_type: type })
    if (answer.kind === 'registered') {
      if (isKept(answer.members.redirect_uris, uri)) taken.push(uri)
    } else refusals.push(refusalInWords(answer))
  }
  return taken.length === 0 ? sound([...new Set(refusals)].join(', ')) : faulty(`it registered ${taken.join(', ')}`)
}

/** A server may register a client and leave out what it does not want. */
const isKept = (uris: unknown, uri: string): boolean => !Array.isArray(uris) || uris.includes(uri)

export const httpRedirect: Check<AuthorizationServerSubject> = {
  id: 'as-register-http-redirect',
  requirement: 'AS-RED-05',
  title: 'A redirect URI by plain http is not registered, loopback excepted',
  risk: 'The code can be read by everybody on the way.',
  sends: 'A registration with http://client.example/callback.',
  expects: '400 and `invalid_redirect_uri`.',
  remedies: REMEDY,
  run: asking((subject) => tryToRegister(subject, ['http://client.example/callback'], 'web')),
}

export const scriptRedirect: Check<AuthorizationServerSubject> = {
  id: 'as-register-script-redirect',
  requirement: 'AS-RED-06',
  title: 'A redirect URI that runs or carries content is not registered',
  risk: 'What the address says runs on the pages of the authorization server.',
  sends: 'Registrations with `javascript:` and `data:` redirect URIs.',
  expects: '400 and `invalid_redirect_uri`.',
  remedies: REMEDY,
  run: asking((subject) => tryToRegister(subject, ['javascript:alert(1)', 'data:text/html,examiner'], 'native')),
}

export const fragmentRedirect: Check<AuthorizationServerSubject> = {
  id: 'as-register-fragment',
  requirement: 'AS-RED-08',
  title: 'A redirect URI with a fragment is not registered',
  risk: 'The code ends up behind the fragment, where the client does not see it and a page may.',
  sends: 'A registration with https://client.example/callback#part.',
  expects: '400 and `invalid_redirect_uri`.',
  remedies: REMEDY,
  run: asking((subject) => tryToRegister(subject, ['https://client.example/callback#part'], 'web')),
}
