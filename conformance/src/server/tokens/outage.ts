import type { Check } from '../../check/check.ts'
import { type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { HostileIssuer, MintSignature } from '../../issuer/hostile-issuer.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import type { Waits } from '../waits.ts'
import { asksForTokens, OPEN_TO_ALL, present, type Received, whyNoControl } from './reception.ts'
import { verifierRemedies } from './remedies.ts'

/** A server asks again only when its pause between lookups has ended; the usual one is half a minute. Seconds. */
const WAITS_SECONDS = [0, 20, 20]

type Wait = Waits['pause']

/** @param wait seconds */
export function createOutageChecks(wait: Wait): readonly Check<ServerSubject>[] {
  return [outageIsNoRefusal(wait), outageOpensNothing(wait)]
}

const outageIsNoRefusal = (wait: Wait): Check<ServerSubject> => ({
  id: 'issuer-outage-is-no-refusal',
  requirement: 'RS-401-09',
  title: 'Answers an outage of its issuer by 503, not by 401',
  risk: 'To a client, 401 means that its token is bad: it throws the token away and sends the person through a sign-in at an issuer that is down.',
  sends:
    'While the issuer of the examiner answers 503 for keys and introspection: a sound token that cannot be judged without them, again after 20 and 40 seconds if the server did not ask.',
  expects: '503 with Retry-After, or another 5xx.',
  remedies: {
    ...verifierRemedies(
      'Tell "the token is bad" from "I could not find out", and answer the second by 503 with Retry-After.',
    ),
    sdk1: 'Throw `InvalidTokenError` only for a bad token; everything else becomes 500, or answer 503 before the middleware does.',
    sdk2: 'Throw an `OAuthError` with `invalid_token` only for a bad token; everything else becomes 500, or answer 503 yourself.',
    fastmcp:
      '`JWTVerifier` and `IntrospectionTokenVerifier` refuse by 401 what they could not find out: subclass them, and raise an exception of your own from `_fetch_jwks`, which becomes 500.',
    spring:
      'What could not be found out is an AuthenticationServiceException, which ends as 500: nothing to do; map it to 503 by an AuthenticationFailureHandler if you like.',
    kit: 'It answers 503 with Retry-After: nothing to do.',
  },
  permission: 'slow',
  async run(subject) {
    return duringOutage(subject, 'rotated', wait, async ({ reception, status }) => {
      if (reception === 'accepted') return outageAccepted(subject)
      if (status >= 500) return sound(`it answered ${status} while its issuer was down`)
      return faulty(`it asked its issuer, which was down, and answered ${status} to a token that is good`)
    })
  },
})

const outageOpensNothing = (wait: Wait): Check<ServerSubject> => ({
  id: 'issuer-outage-opens-nothing',
  requirement: 'RS-TOK-03',
  title: 'Takes no unknown token while its issuer is down',
  risk: 'Whoever can stop the issuer, or the way to it, walks in with any token.',
  sends:
    'While the issuer of the examiner answers 503 for keys and introspection: a token signed by a key that was never published, again after 20 and 40 seconds if the server did not ask.',
  expects: 'Any refusal, or an outage.',
  remedies: verifierRemedies('What cannot be verified is refused, for whatever reason it cannot.'),
  permission: 'slow',
  async run(subject) {
    return duringOutage(subject, 'stranger', wait, async ({ reception, status }) =>
      reception === 'accepted' ? outageAccepted(subject) : sound(`it answered ${status} while its issuer was down`),
    )
  },
})

async function outageAccepted(subject: ServerSubject): Promise<Finding> {
  if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
  return faulty('it took a token whose key it could not have seen, while its issuer was down')
}

async function duringOutage(
  subject: ServerSubject,
  signature: MintSignature,
  wait: Wait,
  judge: (received: Received) => Promise<Finding>,
): Promise<Finding> {
  const { issuer } = subject
  if (issuer === undefined) return notApplicable('only the examiner’s own issuer can be made to fail')
  const missing = await whyNoControl(subject)
  if (missing !== undefined) return incomplete(missing)
  issuer.setReachable(false)
  try {
    return await presentUntilAsked(subject, issuer, { signature, wait, judge })
  } finally {
    issuer.setReachable(true)
  }
}

async function presentUntilAsked(
  subject: ServerSubject,
  issuer: HostileIssuer,
  how: { signature: MintSignature; wait: Wait; judge: (received: Received) => Promise<Finding> },
): Promise<Finding> {
  for (const seconds of WAITS_SECONDS) {
    await how.wait(seconds)
    const before = issuer.asked.length
    const token = await issuer.mint(subject.audience, { ...soundPart(subject), signature: how.signature })
    const received = await present(subject, token)
    if (received.reception === 'accepted' || issuer.asked.length > before) return how.judge(received)
  }
  return incomplete('in 40 seconds no token made it ask its issuer, so that an outage could not be seen')
}
