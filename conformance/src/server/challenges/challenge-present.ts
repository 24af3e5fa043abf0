import type { Check } from '../../check/check.ts'
import { faulty, incomplete, sound } from '../../check/finding.ts'
import { headersOf } from '../../wire/message.ts'
import { bearerParameters } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'
import { collectRefusals, unauthorizedOf } from './refusals.ts'

export const challengePresent: Check<ServerSubject> = {
  id: 'challenge-present',
  requirement: 'RS-401-01',
  title: 'Every 401 has a Bearer challenge',
  risk: 'Clients learn from the challenge that a token would help and where to get one; without it ChatGPT and SDK clients report an error instead.',
  sends: 'tools/list without a token, and with one that is none.',
  expects: 'WWW-Authenticate: Bearer … in both refusals.',
  remedies: {
    general: 'Set WWW-Authenticate wherever 401 is answered, and see that a proxy in front does not drop it.',
    sdk1: 'requireBearerAuth sets it; a handler of your own that answers 401 has to as well.',
    sdk2: 'Return what requireBearerAuth answers unchanged.',
    fastmcp:
      'Its auth middleware sets it: look for a proxy that drops it, or a middleware of your own that answers 401.',
    spring: 'BearerTokenAuthenticationEntryPoint sets it: an entry point of your own has to as well.',
    kit: 'It sets it: look for a proxy that drops it.',
  },
  async run(subject) {
    const refusals = unauthorizedOf(await collectRefusals(subject))
    if (refusals.length === 0) return incomplete('no 401 to look at')
    const bare = refusals.find(([, answer]) => bearerParameters(answer) === undefined)
    if (bare === undefined) return sound(`in ${refusals.length} of ${refusals.length} refusals`)
    const [occasion, answer] = bare
    const there = headersOf(answer, 'www-authenticate').join(', ')
    return faulty(`the 401 ${occasion} has ${there === '' ? 'no challenge' : `no Bearer challenge but ${there}`}`)
  },
}
