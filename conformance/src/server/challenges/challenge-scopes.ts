import type { Check } from '../../check/check.ts'
import { faulty, notApplicable, sound } from '../../check/finding.ts'
import { askWithoutToken } from '../asking.ts'
import { scopesIn } from '../challenge.ts'
import { SIGN_IN_SCOPES } from '../discovery/metadata-members.ts'
import type { ServerSubject } from '../subject.ts'
import { withChallenge } from './refusals.ts'

export const challengeScope: Check<ServerSubject> = {
  id: 'challenge-scope',
  requirement: 'RS-401-03',
  title: 'The first challenge names the scopes to begin with',
  risk: 'Clients ask for every scope they can find, or for none: the user grants too much, or signs in twice.',
  sends: 'tools/list without a token.',
  expects: '`scope` in the challenge, where the server has scopes.',
  remedies: {
    general: 'Add scope="…" with the least that makes the server useful.',
    sdk1: 'Pass requiredScopes to requireBearerAuth.',
    sdk2: 'Pass requiredScopes to requireBearerAuth.',
    fastmcp: 'Set `required_scopes` of the verifier, or `challenge_scopes` of RemoteAuthProvider.',
    spring: 'Its entry point names none: write one of your own that adds `scope` to the header.',
    kit: 'The scopes are the first ones of the tools file: nothing else to do.',
  },
  async run(subject) {
    return withChallenge(await askWithoutToken(subject), (parameters) => {
      const scopes = scopesIn(parameters.get('scope'))
      if (scopes.length > 0) return sound(scopes.join(' '))
      return subject.scopes.length === 0
        ? notApplicable('the server names no scopes anywhere')
        : faulty(`no scope, while the server knows ${subject.scopes.join(' ')}`)
    })
  },
}

export const challengeScopeNoSignIn: Check<ServerSubject> = {
  id: 'challenge-scopes-no-sign-in',
  requirement: 'RS-PRM-07',
  title: 'The challenge asks for scopes of the resource alone',
  risk: 'Authorization servers without refresh tokens or OpenID refuse the whole request for a scope that the resource does not need.',
  sends: 'tools/list without a token.',
  expects: '`scope` without `offline_access` and `openid`.',
  remedies: {
    general: 'Take `offline_access` and `openid` out of the scopes that the server requires.',
    sdk1: 'Take them out of `requiredScopes` of requireBearerAuth.',
    sdk2: 'Take them out of `requiredScopes` of requireBearerAuth.',
    fastmcp: 'Take them out of `required_scopes` of the verifier and `challenge_scopes` of RemoteAuthProvider.',
    spring: 'Take them out of what your entry point adds; Spring itself names none.',
    kit: 'Leave them out of the tools file.',
  },
  async run(subject) {
    return withChallenge(await askWithoutToken(subject), (parameters) => {
      const scopes = scopesIn(parameters.get('scope'))
      if (scopes.length === 0) return notApplicable('the challenge names no scopes')
      const wrong = scopes.filter((scope) => SIGN_IN_SCOPES.includes(scope))
      return wrong.length === 0 ? sound(scopes.join(' ')) : faulty(`it asks for ${wrong.join(' and ')}`)
    })
  },
}
