import type { Check } from '../../check/check.ts'
import { type Finding, faulty, sound } from '../../check/finding.ts'
import { asking } from '../asking.ts'
import { type HostedAnswer, json } from '../document-host.ts'
import { receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { clientAt, documentOf, documentsOf, refusesDocument } from './client-documents.ts'

const EXPECTS = 'A page with an error, and no code.'
const REMEDY = { general: 'Check the URL before fetching, and the document before using anything in it.' }

/** An address of the host that is used for one question. */
const addressOf = (subject: AuthorizationServerSubject): string => documentsOf(subject).host.address('client.json')

/** Whether each of several wrong documents is refused. */
async function refusesAll(
  subject: AuthorizationServerSubject,
  wrong: Readonly<Record<string, (url: string) => HostedAnswer>>,
): Promise<Finding> {
  const taken: string[] = []
  for (const [what, answer] of Object.entries(wrong)) {
    const url = addressOf(subject)
    const { kind } = await refusesDocument(subject, url, answer(url), what)
    if (kind === 'faulty') taken.push(what)
  }
  return taken.length === 0 ? sound('each was refused') : faulty(`it took a document with ${taken.join(', ')}`)
}

export const documentOfAnother: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-mismatch',
  requirement: 'AS-CIMD-03',
  title: 'A document that names another URL is refused',
  risk: 'Whoever can put a file on a host stands in for every client of it.',
  sends: 'A sign-in by a document whose `client_id` is its URL with another ending.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) => {
    const url = addressOf(subject)
    return refusesDocument(subject, url, json(documentOf(`${url}.bak`)), 'it gave a code')
  }),
}

export const documentIncomplete: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-malformed',
  requirement: 'AS-CIMD-04',
  title: 'What is no document, or has no redirect URIs, is refused',
  risk: 'Any page on any host is a client, or the redirect URI is whatever the request says.',
  sends: 'Sign-ins by a page of HTML, by a list, and by a document without `redirect_uris`.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) =>
    refusesAll(subject, {
      'a page of HTML': () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html>' }),
      'a list': (url) => json([documentOf(url)]),
      'no redirect_uris': (url) => json(documentOf(url, { redirect_uris: undefined })),
    }),
  ),
}

export const documentNameless: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-nameless',
  requirement: 'AS-CIMD-04',
  title: 'A document without a name is refused',
  risk: 'The person is asked to agree to something without a name.',
  sends: 'A sign-in by a document without `client_name`.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) => {
    const url = addressOf(subject)
    return refusesDocument(subject, url, json(documentOf(url, { client_name: undefined })), 'it gave a code')
  }),
}

export const documentElsewhere: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-redirect',
  requirement: 'AS-CIMD-05',
  title: 'A redirect in place of a document is not followed',
  risk: 'An open redirect on a trusted host is enough to be a client of it, and the server fetches what it is led to.',
  sends: 'A sign-in by a URL that redirects to a right document.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) => {
    const { host } = documentsOf(subject)
    const url = addressOf(subject)
    const target = addressOf(subject)
    host.serve(target, json(documentOf(url)))
    const redirect = { status: 302, headers: { location: target }, body: '' }
    return refusesDocument(subject, url, redirect, 'it followed the redirect, and gave a code')
  }),
}

export const documentWithSecret: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-secret',
  requirement: 'AS-CIMD-06',
  title: 'A document with a secret is refused',
  risk: 'A secret that everybody can read is none, and the server believes it.',
  sends: 'Sign-ins by a document with `client_secret`, and by one whose client authenticates by a secret.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking((subject) =>
    refusesAll(subject, {
      client_secret: (url) => json(documentOf(url, { client_secret: 'examiner-made-this-up' })),
      client_secret_basic: (url) => json(documentOf(url, { token_endpoint_auth_method: 'client_secret_basic' })),
    }),
  ),
}

export const documentTooLarge: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-size',
  requirement: 'AS-CIMD-08',
  title: 'A document that is far too large is refused',
  risk: 'Anybody makes the server read for as long as he likes.',
  sends: 'A sign-in by a document of 300 kB.',
  expects: EXPECTS,
  remedies: { general: 'Stop reading at 5 kB, which the draft recommends, or a little above.' },
  run: asking((subject) => {
    const url = addressOf(subject)
    const answer = json(documentOf(url, { examiner: 'x'.repeat(300_000) }))
    return refusesDocument(subject, url, answer, 'it read 300 kB, and gave a code')
  }),
}

export const documentRedirectUri: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-redirect-uri',
  requirement: 'AS-CIMD-10',
  title: 'A redirect URI that is not in the document is refused',
  risk: 'The code of a trusted client goes to whoever wrote the link.',
  sends: 'A sign-in by a right document with a strange redirect URI.',
  expects: 'A page with an error, and no redirect.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { host, accepted } = documentsOf(subject)
    await accepted.know()
    const url = addressOf(subject)
    host.serve(url, json(documentOf(url)))
    const reception = await receiveWish(subject, clientAt(url, 'https://attacker.example/callback'))
    return reception.kind === 'redirected' ? faulty('it redirected to a stranger') : sound(reception.words)
  }),
}

export const documentUrl: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-url',
  requirement: 'AS-CIMD-02',
  title: 'A URL that cannot be the identifier of a client is refused',
  risk: 'Two spellings of one URL are two clients for one part of the server and one for another.',
  sends: 'Sign-ins by URLs with dots in the path, with a fragment, and with a user name.',
  expects: EXPECTS,
  remedies: REMEDY,
  run: asking(async (subject) => {
    const taken: string[] = []
    for (const [what, spell] of BAD_URLS) {
      const address = addressOf(subject)
      const url = spell(address)
      const { kind } = await refusesDocument(subject, address, json(documentOf(url)), what, clientAt(url))
      if (kind === 'faulty') taken.push(what)
    }
    return taken.length === 0 ? sound('each was refused') : faulty(`it took a URL with ${taken.join(', ')}`)
  }),
}

const BAD_URLS: readonly (readonly [string, (url: string) => string])[] = [
  ['a dot in the path', (url) => url.replace(/\/([^/]+)$/, '/./$1')],
  ['two dots in the path', (url) => url.replace(/\/([^/]+)$/, '/up/../$1')],
  ['encoded dots in the path', (url) => url.replace(/\/([^/]+)$/, '/%2e/$1')],
  ['a fragment', (url) => `${url}#part`],
  ['a user name', (url) => url.replace('://', '://examiner@')],
]
