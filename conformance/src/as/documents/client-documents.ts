import { type Finding, faulty, sound } from '../../check/finding.ts'
import { REDIRECT_URI } from '../../live/live-options.ts'
import type { OAuthClient } from '../../oauth/authorization-server.ts'
import { nativeClient } from '../../oauth/registration.ts'
import { missing, NEEDS_LOGIN, resourceOf, serverOf, unasked } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { type DocumentHost, type HostedAnswer, json } from '../document-host.ts'
import type { Live } from '../flow.ts'
import { type Remembered, remember } from '../memory.ts'
import { receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** What a right document says of its client. */
export function documentOf(url: string, change: Readonly<Record<string, unknown>> = {}) {
  const { client_name, ...metadata } = nativeClient(REDIRECT_URI)
  return { client_id: url, client_name, client_uri: new URL('/', url).href, ...metadata, ...change }
}

/** The client that a document describes. */
export const clientAt = (url: string, redirectUri = REDIRECT_URI): OAuthClient => ({
  clientId: url,
  redirectUri,
  authentication: { method: 'none' },
})

type Accepted = Awaited<ReturnType<typeof acceptance>>
const acceptances = new WeakMap<DocumentHost, Remembered<Accepted>>()

/** A sign-in by a right document: without it, a refusal of a wrong one says nothing. */
async function acceptance(subject: AuthorizationServerSubject, host: DocumentHost) {
  const url = host.address('client.json')
  host.serve(url, json(documentOf(url)))
  const flow = flowOf(subject)
  const granted = await flow.code({ client: clientAt(url) })
  return { granted, fetches: host.fetches(url) }
}

/**
 * The host, and what came of a right document.
 * @throws Unmet where the examiner has no name to host documents under, or the server does not take any
 */
export function documentsOf(subject: AuthorizationServerSubject): {
  readonly host: DocumentHost
  readonly accepted: Remembered<Accepted>
} {
  const host = subject.documentHost
  if (serverOf(subject).metadata.client_id_metadata_document_supported !== true) {
    throw unasked('it does not say that it takes documents of clients')
  }
  if (host === undefined)
    throw unasked('the examiner has no name for documents: --cimd-url, --cimd-cert and --cimd-key')
  resourceOf(subject)
  if (subject.flow === undefined) throw unasked(NEEDS_LOGIN)
  const accepted = acceptances.get(host) ?? remember(subject.relay, () => acceptance(subject, host))
  acceptances.set(host, accepted)
  return { host, accepted }
}

/** Whether a sign-in by what this address answers ends without a code. */
export async function refusesDocument(
  subject: AuthorizationServerSubject,
  url: string,
  answer: HostedAnswer,
  accusation: string,
  client: OAuthClient = clientAt(url),
): Promise<Finding> {
  const { host, accepted } = documentsOf(subject)
  await accepted.know()
  host.serve(url, answer)
  const reception = await receiveWish(subject, client)
  if (reception.kind === 'redirected' && reception.answer.kind === 'code') return faulty(accusation)
  return sound(reception.kind === 'kept' ? reception.words : 'an error came back')
}

/** Tokens of a client that is known by its document. @throws Unmet */
export async function tokensByDocument(subject: AuthorizationServerSubject): Promise<Live> {
  const { accepted } = documentsOf(subject)
  const { granted } = await accepted.recall()
  const answer = await flowOf(subject).redeem(granted)
  if (answer.kind !== 'tokens') throw missing('the code was not redeemed')
  return { ...granted, tokens: answer.tokens, granted: answer.tokens }
}
