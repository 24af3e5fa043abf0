import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import { listedIn } from '../../oauth/authorization-server.ts'
import { asking, serverOf } from '../asking.ts'
import { answerInWords } from '../flow.ts'
import { type Reception, receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** Nobody has this name: the domain is kept free for examples. */
const STRANGE_URI = 'https://attacker.example/callback'
const PAGE_REMEDY = {
  general: 'Check the client and its redirect URI before anything else, and answer what is wrong with them by a page.',
}

/** Whoever is redirected to a stranger, with a code or with an error, was sent there by the authorization server. */
function judgeStranger(receptions: readonly (readonly [string, Reception])[]): Finding {
  const sent = receptions.filter(([, { kind }]) => kind === 'redirected')
  if (sent.length > 0) return faulty(`it redirected to a stranger: ${sent.map(([what]) => what).join(', ')}`)
  return sound(receptions.map(([what, each]) => `${what}: ${each.kind === 'kept' ? each.words : ''}`).join('; '))
}

export const unknownClient: Check<AuthorizationServerSubject> = {
  id: 'as-authorize-unknown-client',
  requirement: 'AS-AZ-10',
  title: 'For a client that it does not know it redirects nowhere',
  risk: 'Anybody can send people anywhere by a link to a server that they trust.',
  sends: 'An authorization request of a client that does not exist.',
  expects: 'A page with an error, and no redirect.',
  remedies: PAGE_REMEDY,
  run: asking(async (subject) => {
    const client = {
      clientId: 'examiner-knows-that-nobody-is-called-so',
      redirectUri: STRANGE_URI,
      authentication: { method: 'none' as const },
    }
    return judgeStranger([['unknown client', await receiveWish(subject, client)]])
  }),
}

export const unknownRedirect: Check<AuthorizationServerSubject> = {
  id: 'as-authorize-unknown-redirect',
  requirement: 'AS-AZ-10',
  title: 'To a redirect URI that is not registered it never redirects, whatever else is wrong',
  risk: 'Codes and people go to whoever wrote the link; some servers answer other errors before they look at the address.',
  sends:
    'Authorization requests with a strange redirect URI: sound otherwise, with a wrong response type, and with `prompt=none`.',
  expects: 'A page with an error each time, and no redirect.',
  remedies: PAGE_REMEDY,
  run: asking(async (subject) => {
    const stranger = { ...(await subject.clients.first()), redirectUri: STRANGE_URI }
    return judgeStranger([
      ['sound otherwise', await receiveWish(subject, stranger)],
      ['wrong response type', await receiveWish(subject, stranger, { change: { response_type: 'examiner' } })],
      ['prompt=none', await receiveWish(subject, stranger, { change: { prompt: 'none' } })],
    ])
  }),
}

export const codesOnly: Check<AuthorizationServerSubject> = {
  id: 'as-authorize-codes-only',
  requirement: 'AS-AZ-01',
  title: 'It gives out codes, never tokens in a URL',
  risk: 'A token in the address bar is in the history, in logs and in the next Referer.',
  sends: 'An authorization request with `response_type=token`.',
  expects: '`unsupported_response_type`, or a page with an error.',
  remedies: { general: 'Switch the implicit and hybrid flows off.' },
  run: asking(async (subject) => {
    const client = await subject.clients.first()
    const reception = await receiveWish(subject, client, { change: { response_type: 'token' } })
    if (reception.kind === 'redirected' && reception.answer.parameters.has('access_token')) {
      return faulty('it put an access token into the redirect')
    }
    const listed = listedIn(serverOf(subject), 'response_types_supported').filter((type) => /\btoken\b/.test(type))
    if (listed.length > 0) return doubtful(`the metadata lists ${listed.join(', ')}`)
    return sound(reception.kind === 'kept' ? reception.words : answerInWords(reception.answer))
  }),
}

export const repeatedParameters: Check<AuthorizationServerSubject> = {
  id: 'as-authorize-repeated',
  requirement: 'AS-AZ-14',
  title: 'It refuses a request that has a parameter twice',
  risk: 'What checks the first and what uses the second are two parts of a server that disagree.',
  sends: 'Authorization requests with two values of `state`, and of `code_challenge`.',
  expects: '`invalid_request`, or a page with an error; no code.',
  remedies: { general: 'Refuse repeated parameters while parsing; `resource` alone may come twice.' },
  run: asking(async (subject) => {
    const client = await subject.clients.first()
    const other = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    const taken: string[] = []
    for (const [name, values] of [
      ['state', ['examiner-one', 'examiner-two']],
      ['code_challenge', [other, other.replace('E9', 'F9')]],
    ] as const) {
      const reception = await receiveWish(subject, client, { change: { [name]: values } })
      if (reception.kind === 'redirected' && reception.answer.kind === 'code') taken.push(name)
    }
    return taken.length === 0 ? sound('refused') : faulty(`it gave a code for two values of ${taken.join(', ')}`)
  }),
}
