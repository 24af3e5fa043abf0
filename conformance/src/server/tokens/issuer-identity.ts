import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { createHostileIssuer } from '../../issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../issuer/hostile-issuer.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import { createForger } from './forger.ts'
import { type Forgery, forgeryCheck } from './forgery-check.ts'
import { asksForTokens, OPEN_TO_ALL, present, whyNoControl } from './reception.ts'
import { verifierRemedies } from './remedies.ts'

const remedies = verifierRemedies(
  'Compare `iss` with the configured issuer as one exact string before anything else in the token is believed, and never look up keys at an address that the token names.',
)

function issuerForgery(name: string, iss: unknown, taken: 'faulty' | 'doubtful' = 'faulty'): Forgery {
  return { name, change: { claims: { iss } }, taken }
}

const otherIssuer = forgeryCheck({
  id: 'token-issuer-other',
  requirement: 'RS-TOK-03',
  title: 'Refuses a token that names another issuer, or none, even where the key is right',
  risk: 'Hosted issuers sign for many tenants with one key. A server that looks at the signature alone takes the tokens of every tenant.',
  sends: 'A sound token, then tokens with the same signature key whose `iss` is another address, and without `iss`.',
  expects: '401 to both.',
  remedies,
  forgeries: () => [
    issuerForgery('of another issuer, signed with the same key', 'https://elsewhere.example'),
    issuerForgery('without `iss`', undefined),
  ],
})

const lookAlikeIssuer = forgeryCheck({
  id: 'token-issuer-look-alike',
  requirement: 'RS-TOK-03',
  title: 'Refuses a token whose issuer merely resembles the right one',
  risk: 'Issuers of neighbouring tenants differ in a path; addresses of attackers begin with the name of the victim.',
  sends:
    'A sound token, then tokens with the same signature key whose `iss` is a tenant below the issuer, the issuer as the beginning of a longer host, and the issuer with a user name in it.',
  expects: '401 to each.',
  remedies,
  otherwise: 'no issuer is known',
  forgeries: ({ issuer }) =>
    issuer === undefined
      ? []
      : [
          issuerForgery('of another tenant of the issuer', `${issuer.replace(/\/$/, '')}/other-tenant`),
          issuerForgery('whose `iss` begins with the issuer', `${issuer.replace(/\/$/, '')}.elsewhere.example`),
          issuerForgery('whose `iss` has a user name in it', issuer.replace('://', '://issuer@')),
        ],
})

const issuerSlash = forgeryCheck({
  id: 'token-issuer-slash',
  requirement: 'RS-TOK-03',
  title: 'Compares the slash at the end of the issuer like any other letter',
  risk: 'Libraries that write addresses anew add or drop this slash; a server that evens it out hides the mistake from its operator until another program does not.',
  sends: 'A sound token, then one whose `iss` has one slash more, or less, at its end, or its scheme in capitals.',
  expects: '401; a server that takes it is warned, not failed, because the two name the same place.',
  remedies,
  otherwise: 'no issuer is known',
  forgeries: ({ issuer }) =>
    issuer === undefined
      ? []
      : [
          issuerForgery(
            'whose `iss` differs in the slash at its end',
            issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`,
            'doubtful',
          ),
          issuerForgery(
            'whose `iss` has the scheme in capitals',
            issuer.replace(/^[a-z]+/, (scheme) => scheme.toUpperCase()),
            'doubtful',
          ),
        ],
})

/** An issuer that nobody told the server about: sound in itself, and none of the server's. */
const unknownIssuer: Check<ServerSubject> = {
  id: 'token-issuer-unknown',
  requirement: 'RS-TOK-04',
  title: 'Refuses sound tokens of an issuer that it was never told to trust, and does not ask that issuer for keys',
  risk: 'Anyone can run an issuer. A server that finds keys where the token says they are takes tokens that anyone wrote, and can be sent to any address inside its network.',
  sends:
    'A sound token, then two tokens of a second issuer that the examiner runs beside: one with a key id of its own, one with the key id of the trusted issuer.',
  expects: '401 to both, and no request to the second issuer; a request alone is a warning.',
  remedies,
  async run(subject) {
    if (subject.acceptedToken === undefined) return incomplete(subject.whyNoToken ?? 'no token is known to be accepted')
    const missing = await whyNoControl(subject)
    if (missing !== undefined) return incomplete(missing)
    const { kid } = createForger(subject)
    const strangers = [await createHostileIssuer(), await createHostileIssuer(kid === undefined ? {} : { kid })]
    try {
      return await presentTokensOf(strangers, subject)
    } finally {
      await Promise.all(strangers.map((stranger) => stranger.close()))
    }
  },
}

async function presentTokensOf(strangers: readonly HostileIssuer[], subject: ServerSubject): Promise<Finding> {
  const receptions: string[] = []
  for (const stranger of strangers) {
    const token = await stranger.mint(subject.audience, soundPart(subject))
    receptions.push((await present(subject, token)).reception)
  }
  const asked = strangers.flatMap((stranger) => stranger.asked)[0]
  const fetched = asked === undefined ? '' : `, and asked that issuer for ${new URL(asked.url).pathname}`
  if (receptions.includes('accepted')) {
    if (!(await asksForTokens(subject))) return incomplete(OPEN_TO_ALL)
    return faulty(`it took a token of an issuer that it was never told to trust${fetched}`)
  }
  if (asked !== undefined) return doubtful(`it refused the token of an unknown issuer${fetched}`)
  if (receptions.includes('unclear')) return doubtful('it neither took nor refused the token of an unknown issuer')
  return sound('it refused tokens of an unknown issuer and asked it for nothing')
}

/** Whether a server takes tokens of issuers that are not its own. */
export const issuerChecks: readonly Check<ServerSubject>[] = [otherIssuer, lookAlikeIssuer, issuerSlash, unknownIssuer]
