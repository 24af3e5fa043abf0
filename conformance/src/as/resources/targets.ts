import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { asking, resourceOf } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import { answerInWords } from '../flow.ts'
import { receiveWish } from '../reception.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { claimsOf } from '../tokens/access-token.ts'
import { tokensFor } from './scopes.ts'

/** A name that is kept free for examples: no server has it as a resource. */
export const NOBODYS_RESOURCE = 'https://mcp.attacker.example/mcp'
const REMEDY = {
  general: 'Look the resource up among those that are registered, before anybody signs in; refuse by `invalid_target`.',
}

/** Whether a request for a resource that cannot be ends without a code. */
async function refusesTarget(subject: AuthorizationServerSubject, resource: string): Promise<Finding> {
  resourceOf(subject)
  const reception = await receiveWish(subject, await subject.clients.first(), { resource })
  if (reception.kind === 'kept') return sound(reception.words)
  const { answer } = reception
  if (answer.kind === 'code') return faulty(`it gave a code for ${resource}`)
  const isNamed = answer.kind === 'error' && answer.error === 'invalid_target'
  return isNamed ? sound('invalid_target') : doubtful(answerInWords(answer))
}

export const unknownTarget: Check<AuthorizationServerSubject> = {
  id: 'as-resource-unknown',
  requirement: 'AS-RES-02',
  title: 'A resource that is not known is refused',
  risk: 'An attacker gets a token that a server of his choice, or every server, takes for its own.',
  sends: 'An authorization request for a resource that nobody has.',
  expects: '`invalid_target`, or a page with an error.',
  remedies: REMEDY,
  run: asking((subject) => refusesTarget(subject, NOBODYS_RESOURCE)),
}

export const fragmentTarget: Check<AuthorizationServerSubject> = {
  id: 'as-resource-fragment',
  requirement: 'AS-RES-02',
  title: 'A resource with a fragment is refused',
  risk: 'What one part cuts off and another keeps are two audiences.',
  sends: 'An authorization request for the resource with a fragment behind it.',
  expects: '`invalid_target`, or a page with an error.',
  remedies: REMEDY,
  run: asking((subject) => refusesTarget(subject, `${resourceOf(subject)}#examiner`)),
}

export const otherTargetAtToken: Check<AuthorizationServerSubject> = {
  id: 'as-resource-at-token',
  requirement: 'AS-RES-03',
  title: 'A code gives no token for a resource that was not authorized',
  risk: 'The person agreed to one server, and the client has a token for another.',
  sends:
    'A fresh code for the resource, with another resource in the token request: --other-resource, or one that nobody has.',
  expects: '`invalid_target`; never a token for the other.',
  remedies: {
    general: 'Keep the authorized resources with the code, and compare those of the token request with them.',
  },
  run: asking(async (subject) => {
    const flow = flowOf(subject)
    const other = subject.otherResource ?? NOBODYS_RESOURCE
    const answer = await flow.redeem(await flow.code(), { parameters: { resource: other } })
    if (answer.kind === 'error') return sound(refusalInWords(answer))
    if (answer.kind !== 'tokens') return doubtful(refusalInWords(answer))
    const claims = claimsOf(answer.tokens.accessToken)
    if (claims === undefined) return doubtful('it gave an opaque token, and whom it is for is not to be seen')
    return [claims.aud ?? []].flat().includes(other)
      ? faulty(`it gave a token for ${other}`)
      : doubtful('it gave a token')
  }),
}

export const capitalTarget: Check<AuthorizationServerSubject> = {
  id: 'as-resource-capitals',
  requirement: 'AS-RES-05',
  title: 'A resource is recognised with its host in capitals, and the token has the usual spelling',
  risk: 'A client that was given the URL in capitals cannot connect, or gets a token that the server refuses.',
  sends: 'A sign-in for the resource with scheme and host in capitals.',
  expects: 'A token whose audience is the usual spelling.',
  remedies: { general: 'Fold the case of scheme and host before looking the resource up, and of nothing else.' },
  run: asking(async (subject) => {
    const usual = resourceOf(subject)
    const capitals = usual.replace(/^[a-z]+:\/\/[^/]+/, (start) => start.toUpperCase())
    const outcome = await tokensFor(subject, { resource: capitals })
    if (outcome.kind !== 'tokens') return faulty(outcome.words)
    const claims = claimsOf(outcome.tokens.accessToken)
    if (claims === undefined) return notApplicable('the token is opaque')
    const audiences = [claims.aud ?? []].flat()
    return audiences.includes(usual) ? sound(usual) : faulty(`the token is for ${audiences.join(', ')}`)
  }),
}
