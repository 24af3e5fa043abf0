import type { Answers } from '../browser/browser.ts'
import { isAtRedirectUri } from '../browser/create-browser.ts'
import {
  type AuthorizationRequest,
  type AuthorizationWish,
  buildAuthorizationRequest,
} from '../oauth/authorization-request.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import { type AuthorizationAnswer, readRedirect } from '../oauth/redirect.ts'
import { headerOf } from '../wire/message.ts'
import { missing, NEEDS_LOGIN, serverOf, Unmet, unasked } from './asking.ts'
import { arrivalInWords } from './flow.ts'
import type { AuthorizationServerSubject } from './subject.ts'

/** What came of one authorization request. */
export type Reception =
  /** The browser was sent to the redirect URI of the request. */
  | { readonly kind: 'redirected'; readonly answer: AuthorizationAnswer; readonly to: URL }
  /** Nothing left the authorization server, or it went elsewhere. */
  | { readonly kind: 'kept'; readonly words: string }

/**
 * Sends an authorization request, and lets the person answer its pages where there is one.
 * @throws Unmet where pages come and nobody can answer them
 */
export async function receive(
  subject: AuthorizationServerSubject,
  request: AuthorizationRequest,
  decision: Answers['decision'] = 'allow',
): Promise<Reception> {
  const obstacle = await obstacleOf(subject)
  if (subject.flow === undefined || obstacle !== undefined) return receiveWithout(subject, request, obstacle)
  const arrival = await subject.flow.visit(request, decision)
  if (arrival.kind !== 'redirected') return { kind: 'kept', words: arrivalInWords(arrival) }
  return { kind: 'redirected', to: arrival.to, answer: readRedirect(arrival.to) }
}

/** Why nobody can sign in here: what is refused before a page can be seen all the same. */
async function obstacleOf({ flow }: AuthorizationServerSubject): Promise<Unmet | undefined> {
  if (flow === undefined) return unasked(`it shows a page first, and ${NEEDS_LOGIN}`)
  try {
    await flow.first.know()
    return undefined
  } catch (error) {
    if (error instanceof Unmet) return error
    throw error
  }
}

/** Builds the usual request of a client, otherwise than usual, and receives it. */
export function receiveWish(
  subject: AuthorizationServerSubject,
  client: OAuthClient,
  wish: AuthorizationWish = {},
): Promise<Reception> {
  const { resource, scopes } = subject
  return receive(subject, buildAuthorizationRequest(serverOf(subject), client, { resource, scopes, ...wish }))
}

/** A refusal comes before any page, at most servers: without a person this is what can be seen. */
async function receiveWithout(
  { wire }: AuthorizationServerSubject,
  { url, redirectUri }: AuthorizationRequest,
  obstacle: Unmet | undefined,
): Promise<Reception> {
  const answer = await wire.send({ method: 'GET', url, headers: [['accept', 'text/html']] })
  const location = headerOf(answer, 'location')
  const to = location !== undefined && URL.canParse(location, url) ? new URL(location, url) : undefined
  const isRedirect = answer.status >= 300 && answer.status < 400
  if (isRedirect && to !== undefined && isAtRedirectUri(to, redirectUri)) {
    return { kind: 'redirected', to, answer: readRedirect(to) }
  }
  if (answer.status >= 400) return { kind: 'kept', words: `an error page with status ${answer.status}` }
  throw obstacle ?? missing('it shows a page first')
}
