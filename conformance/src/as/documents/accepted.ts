import type { Check } from '../../check/check.ts'
import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import { asking, reading, serverOf } from '../asking.ts'
import { json } from '../document-host.ts'
import { receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { clientAt, documentOf, documentsOf, tokensByDocument } from './client-documents.ts'

export const documentsOffered: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-offered',
  requirement: 'AS-DISC-07',
  title: 'Clients may identify themselves by the URL of their document',
  risk: 'Clients that nobody registered have to register each time anew, or cannot connect.',
  sends: 'Nothing beyond the metadata.',
  expects: '`client_id_metadata_document_supported: true`.',
  remedies: { general: 'Take client ID metadata documents, and say so in the metadata.' },
  run: reading((subject) =>
    serverOf(subject).metadata.client_id_metadata_document_supported === true
      ? sound('true')
      : faulty('the metadata does not say so'),
  ),
}

export const documentAccepted: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-accepted',
  requirement: 'AS-CIMD-01',
  title: 'A client that is known by its document alone gets tokens',
  risk: 'Clients believe the metadata, prefer their document to registration, and cannot connect.',
  sends: 'A sign-in by the URL of a document that the examiner hosts.',
  expects: 'The document is fetched, and tokens are given.',
  remedies: { general: 'Fetch the document at the authorization endpoint, and keep it for the token request.' },
  run: asking(async (subject) => {
    await tokensByDocument(subject)
    const { fetches } = await documentsOf(subject).accepted.know()
    return fetches > 0 ? sound(`fetched ${fetches} times`) : doubtful('the document was not fetched')
  }),
}

export const redirectHostShown: Check<AuthorizationServerSubject> = {
  id: 'as-consent-host',
  requirement: 'AS-CON-01',
  title: 'The person sees the host that the answer goes to',
  risk: 'A document of a trusted client is used by a program on the same machine, and nothing on the page tells.',
  sends: 'A sign-in by the URL of a document that the examiner hosts.',
  expects: 'The host of the redirect URI on the page for consent.',
  remedies: { general: 'Write the host of the redirect URI on the page, at least as large as the name of the client.' },
  run: asking(async (subject) => {
    const { granted } = await documentsOf(subject).accepted.recall()
    const forms = granted.pages.filter(({ body }) => /<form\b/i.test(body))
    if (forms.length === 0) return notApplicable('there was no page to agree on')
    const { hostname } = new URL(granted.request.redirectUri)
    return forms.some(({ body }) => body.includes(hostname)) ? sound(hostname) : faulty(`${hostname} is on no page`)
  }),
}

export const errorsNotKept: Check<AuthorizationServerSubject> = {
  id: 'as-cimd-errors-not-kept',
  requirement: 'AS-CIMD-09',
  title: 'An error in place of a document is forgotten at once',
  risk: 'One failed fetch locks a client out for as long as errors are kept.',
  sends: 'A sign-in by the URL of a document that is answered 500, and again once the document is right.',
  expects: 'A page with an error, and then a sign-in.',
  remedies: { general: 'Keep documents that were right, and nothing else.' },
  run: asking(async (subject) => {
    const { host, accepted } = documentsOf(subject)
    await accepted.know()
    const url = host.address('client.json')
    host.serve(url, { status: 500, headers: {}, body: '' })
    const before = await receiveWish(subject, clientAt(url))
    if (before.kind === 'redirected' && before.answer.kind === 'code')
      return faulty('it gave a code without a document')
    host.serve(url, json(documentOf(url)))
    const after = await receiveWish(subject, clientAt(url))
    return after.kind === 'redirected' && after.answer.kind === 'code'
      ? sound('it signed in')
      : faulty('it was refused again')
  }),
}
