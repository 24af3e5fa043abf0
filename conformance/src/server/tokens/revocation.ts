import { setTimeout as sleep } from 'node:timers/promises'
import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { HostileIssuer } from '../../issuer/hostile-issuer.ts'
import type { RealTokens } from '../real-tokens.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import { asksForTokens, OPEN_TO_ALL, present } from './reception.ts'

/** Whether a server that asks its issuer about tokens believes the answer. */
export const revokedToken: Check<ServerSubject> = {
  id: 'token-revoked',
  requirement: 'RS-TOK-06',
  title: 'Refuses a token that its issuer calls inactive',
  risk: 'Revocation is the answer to a stolen token. A server that asks and does not listen leaves the thief in.',
  sends:
    'A fresh sound token; then the examiner revokes it at its introspection endpoint, in `live` at the issuer (RFC 7009), five seconds before the same token is sent again.',
  expects:
    '401 the second time. A server that keeps the first answer for a short time is warned; one that never asks its issuer is not judged. In `live`, where its questions are not seen, acceptance is a warning at most.',
  remedies: {
    general:
      'Refuse a token whose introspection does not answer `active: true`, and keep an answer for seconds, never beyond `exp`.',
    fastmcp: 'Use `IntrospectionTokenVerifier` without a cache, or with one of seconds.',
    spring: 'Use `spring.security.oauth2.resourceserver.opaquetoken`; put no cache in front of the introspector.',
    sdk1: 'The SDK keeps no answers: ask the introspection endpoint in verifyAccessToken for each token, and throw InvalidTokenError unless `active` is true.',
    sdk2: 'The SDK keeps no answers: ask the introspection endpoint in the verifier for each token, and throw OAuthError with invalid_token unless `active` is true.',
    kit: 'It asks no introspection endpoint: nothing to do.',
  },
  async run(subject) {
    const { issuer, acceptedToken, audience, tokens } = subject
    if (acceptedToken === undefined) return incomplete(subject.whyNoToken ?? 'no token is known to be accepted')
    if (issuer === undefined && tokens !== undefined) return presentReallyRevoked(subject, tokens)
    if (issuer === undefined) return notApplicable('only the issuer of this server can revoke its tokens')
    const token = await issuer.mint(audience, soundPart(subject))
    const first = await present(subject, token)
    if (first.reception !== 'accepted') return incomplete(`a fresh sound token was answered by ${first.status}`)
    if (questionsAbout(token, issuer) === 0) {
      return notApplicable('it does not ask its issuer about tokens: revoked ones work until they expire')
    }
    return presentRevoked(subject, issuer, token)
  },
}

async function presentRevoked(subject: ServerSubject, issuer: HostileIssuer, token: string): Promise<Finding> {
  issuer.revoke(token)
  const before = questionsAbout(token, issuer)
  const { reception, status } = await present(subject, token)
  const asked = questionsAbout(token, issuer) > before
  if (reception === 'refused') return sound('it refused the token once its issuer called it inactive')
  if (reception === 'unclear') return doubtful(`it answered ${status} to a token that its issuer calls inactive`)
  if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
  return asked
    ? faulty('it asked its issuer, was told that the token is inactive, and took it all the same')
    : doubtful('it took a revoked token without asking again: it keeps answers')
}

/** Answers may be kept for seconds, and news of a revocation may take as long. */
const NEWS_TAKES_MS = 5_000

/** Whether the server asks its issuer at all cannot be seen: one that reads tokens by itself is sound and takes it to its end. */
async function presentReallyRevoked(subject: ServerSubject, tokens: RealTokens): Promise<Finding> {
  const fresh = await tokens.get({ kind: 'to revoke' })
  if (fresh.kind === 'none') return notApplicable(`there is no token to revoke: ${fresh.why}`)
  const first = await present(subject, fresh.token)
  if (first.reception !== 'accepted') return incomplete(`a fresh token was answered by ${first.status}`)
  const whyNot = await tokens.revoke(fresh.token)
  if (whyNot !== undefined) return notApplicable(`there is no revoked token: ${whyNot}`)
  await sleep(NEWS_TAKES_MS)
  const { reception, status } = await present(subject, fresh.token)
  if (reception === 'refused') return sound('it refused the token once its issuer had revoked it')
  if (reception === 'unclear') return doubtful(`it answered ${status} to a token that its issuer revoked`)
  if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
  return doubtful('it took a token that its issuer had revoked: it does not ask, or has not heard of it yet')
}

function questionsAbout(token: string, { asked }: HostileIssuer): number {
  return asked.filter(({ body }) => body !== undefined && new URLSearchParams(body).get('token') === token).length
}
