import type { Check } from '../../check/check.ts'
import { doubtful, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import { present, whyNoControl } from './reception.ts'

/** Machines that keep their clocks by the network differ by less. Seconds. */
const AHEAD_SECONDS = 5

/** The one question about tokens where a refusal is the trouble. */
export const clockAhead: Check<ServerSubject> = {
  id: 'token-clock-ahead',
  requirement: 'RS-TOK-12',
  title: 'Takes a token of an issuer whose clock is a few seconds ahead',
  risk: 'A fresh token is refused, and works a moment later: people are sent through a second sign-in, and nobody finds out why.',
  sends: `A sound token whose \`iat\` and \`nbf\` are ${AHEAD_SECONDS} seconds from now.`,
  expects: 'Acceptance. To allow nothing is no error by any specification, so that a refusal is a warning.',
  remedies: {
    general: 'Allow some 30 seconds for `nbf` and `iat`; for `exp` as little as you like.',
    sdk1: 'In your verifier give `jwtVerify` the option `clockTolerance: 30`.',
    sdk2: 'In your verifier give `jwtVerify` the option `clockTolerance: 30`.',
    fastmcp: '`JWTVerifier` does not look at `nbf` and `iat`: nothing to do.',
    spring: '`JwtTimestampValidator` allows 60 seconds unless it was made with less: nothing to do.',
    kit: 'It allows 30 seconds: nothing to do.',
  },
  async run(subject) {
    const { issuer, audience } = subject
    if (issuer === undefined) return notApplicable('a token of a fast clock is one that only the issuer can make')
    const missing = await whyNoControl(subject)
    if (missing !== undefined) return incomplete(missing)
    const { claims, header } = soundPart(subject)
    const soon = Math.floor(Date.now() / 1_000) + AHEAD_SECONDS
    const token = await issuer.mint(audience, { header, claims: { ...claims, iat: soon, nbf: soon } })
    const { reception, status } = await present(subject, token)
    if (reception === 'accepted') return sound(`it took a token that begins in ${AHEAD_SECONDS} s`)
    return doubtful(
      `it answered ${status} to a token that begins in ${AHEAD_SECONDS} s: it allows clocks no difference`,
    )
  },
}
