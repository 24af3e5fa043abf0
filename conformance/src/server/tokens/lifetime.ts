import type { Check, Remedies } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { type ForgeryCheck, forgeryCheck } from './forgery-check.ts'
import { verifierRemedies } from './remedies.ts'

/** Beyond any tolerance for clocks that is heard of; within a minute either way a server may do as it likes. Seconds. */
const PAST_ANY_SKEW = 600
const FAR = 3_600

const remedies = verifierRemedies(
  'Require `exp` as a number, refuse what is past it by more than a minute, and refuse what is before `nbf`.',
)

function lifetimeCheck(
  check: Omit<ForgeryCheck, 'requirement' | 'remedies'>,
  own: Partial<Remedies> = {},
): Check<ServerSubject> {
  return forgeryCheck({ ...check, requirement: 'RS-TOK-03', remedies: { ...remedies, ...own } })
}

/** Whether a server looks at the time. */
export const lifetimeChecks: readonly Check<ServerSubject>[] = [
  lifetimeCheck({
    id: 'token-expired',
    title: 'Refuses a token that expired ten minutes ago',
    risk: 'Stolen tokens, and those of people who have left, work for ever.',
    sends: 'A sound token, then the same one issued an hour ago, whose `exp` was ten minutes ago.',
    expects: '401. Up to a minute after `exp`, either answer is right.',
    forgeries: ({ now }) => [
      { name: 'that expired ten minutes ago', change: { claims: { iat: now - FAR, exp: now - PAST_ANY_SKEW } } },
    ],
  }),
  lifetimeCheck(
    {
      id: 'token-without-expiry',
      title: 'Refuses a token without an end',
      risk: 'A token that never ends cannot be waited out: once it leaks, it is good until the key is changed.',
      sends: 'A sound token, then the same one without `exp`.',
      expects: '401.',
      forgeries: () => [{ name: 'without `exp`', change: { claims: { exp: undefined } } }],
    },
    {
      fastmcp:
        '`JWTVerifier` takes a token without `exp`: subclass it, and return None where the claims of `load_access_token` have none.',
      spring:
        '`JwtTimestampValidator` lets such a token pass: call `setAllowEmptyExpiryClaim(false)` on the one of your decoder.',
    },
  ),
  lifetimeCheck({
    id: 'token-expiry-not-a-number',
    title: 'Refuses a token whose end is not a number',
    risk: 'In many languages a comparison with a text is false, or compares letters: the token never expires.',
    sends: 'A sound token, then tokens whose `exp` is a word, and the text of a time ten minutes ago.',
    expects: '401 to both.',
    forgeries: ({ now }) => [
      { name: 'whose `exp` is a word', change: { claims: { exp: 'never' } } },
      {
        name: 'whose `exp` is the text of a time that is past',
        change: { claims: { iat: now - FAR, exp: String(now - PAST_ANY_SKEW) } },
      },
    ],
  }),
  lifetimeCheck(
    {
      id: 'token-not-yet-valid',
      title: 'Refuses a token whose time has not begun',
      risk: 'Tokens that are handed out ahead, for a shift or an approval to come, work at once.',
      sends: 'A sound token, then the same one whose `nbf` is in an hour.',
      expects: '401. Up to a minute before `nbf`, either answer is right.',
      forgeries: ({ now }) => [
        { name: 'that is not valid for another hour', change: { claims: { nbf: now + FAR, exp: now + 2 * FAR } } },
      ],
    },
    {
      fastmcp:
        '`JWTVerifier` does not look at `nbf`: subclass it, and return None where `nbf` in the claims of `load_access_token` is still to come.',
      spring: '`JwtTimestampValidator` compares it: see that a validator of your own has not taken its place.',
    },
  ),
]
