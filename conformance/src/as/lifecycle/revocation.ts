import type { Check } from '../../check/check.ts'
import { faulty, sound } from '../../check/finding.ts'
import { type AuthorizationServer, endpointOf } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { revokeToken } from '../../oauth/token-state.ts'
import { asking, missing, serverOf, unasked } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { present, refreshTokenOf, resourceWish } from '../refresh/refreshing.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

/** @throws Unmet where there is no revocation, which is up to the server */
function revocationOf(subject: AuthorizationServerSubject): AuthorizationServer {
  const server = serverOf(subject)
  if (endpointOf(server, 'revocation_endpoint') === undefined) throw unasked('it has no revocation')
  return server
}

export const revokeUnknown: Check<AuthorizationServerSubject> = {
  id: 'as-revocation-unknown',
  requirement: 'AS-REV-01',
  title: 'Revocation of a token that is not known is answered with 200',
  risk: 'A client that signs out after the token ended shows an error, and keeps the token.',
  sends: 'A revocation of a token that the examiner made up.',
  expects: '200.',
  remedies: { general: 'Answer 200 whether or not there was such a token.' },
  run: asking(async (subject) => {
    const server = revocationOf(subject)
    const client = await subject.clients.first()
    const answer = await revokeToken(subject.wire, server, client, { token: 'examiner-made-this-up' })
    return answer.kind === 'done' ? sound('200') : faulty(refusalInWords(answer))
  }),
}

export const revokeRefresh: Check<AuthorizationServerSubject> = {
  id: 'as-revocation-refresh',
  requirement: 'AS-REV-01',
  title: 'A refresh token that was revoked is dead',
  risk: 'Signing out changes nothing.',
  sends: 'A revocation of a refresh token, and then a refresh with it.',
  expects: '200, then `invalid_grant`.',
  remedies: { general: 'End the grant of a refresh token that is revoked, and its access tokens with it.' },
  run: asking(async (subject) => {
    const server = revocationOf(subject)
    const flow = flowOf(subject)
    const live = await flow.live()
    const token = refreshTokenOf(live.tokens)
    const answer = await revokeToken(subject.wire, server, live.client, { token, hint: 'refresh_token' })
    flow.became(undefined)
    if (answer.kind !== 'done') return faulty(`the revocation was refused: ${refusalInWords(answer)}`)
    const after = await present(subject, live.client, token, resourceWish(live))
    return after.kind === 'tokens' ? faulty('it still works') : sound(refusalInWords(after))
  }),
}

export const revokeOfAnother: Check<AuthorizationServerSubject> = {
  id: 'as-revocation-of-another',
  requirement: 'AS-REV-01b',
  title: 'A client cannot revoke a token of another',
  risk: 'Whoever sees a token can sign its owner out.',
  sends: 'A revocation of a refresh token by another client, and then a refresh by its own.',
  expects: 'Any answer to the first, and tokens for the second.',
  remedies: {
    general: 'Compare the client of the request with the one of the token, and do nothing where they differ.',
  },
  run: asking(async (subject) => {
    const server = revocationOf(subject)
    const flow = flowOf(subject)
    const other = await subject.clients.second()
    const live = await flow.live()
    const token = refreshTokenOf(live.tokens)
    const answer = await revokeToken(subject.wire, server, other, { token, hint: 'refresh_token' })
    if (answer.kind === 'other' && answer.answer.status >= 500) throw missing(refusalInWords(answer))
    const after = await present(subject, live.client, token, resourceWish(live))
    flow.became(undefined)
    if (after.kind !== 'tokens') return faulty(`the owner was refused: ${refusalInWords(after)}`)
    return sound('the token still worked')
  }),
}
