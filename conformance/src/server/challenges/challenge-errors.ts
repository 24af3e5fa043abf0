import type { Check } from '../../check/check.ts'
import { doubtful, faulty, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import { askWithGarbage, askWithoutToken, inWords, isOutage } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'
import { withChallenge } from './refusals.ts'

export const garbageRefused: Check<ServerSubject> = {
  id: 'garbage-token-refused',
  requirement: 'RS-401-01',
  title: 'A token that is none is answered 401',
  risk: 'A client drops a token and begins anew on 401 alone: every other status leaves the user stuck, and acceptance opens the server to everybody.',
  sends: 'tools/list with a token that is not even a JWT.',
  expects: '401.',
  remedies: {
    general: 'Answer 401 for whatever cannot be parsed or looked up, and catch what the parser throws.',
    sdk1: 'Throw InvalidTokenError from verifyAccessToken: a plain Error becomes 500.',
    sdk2: 'Throw OAuthError with invalid_token from the verifier: a plain Error becomes 500.',
    fastmcp:
      'JWTVerifier returns None for whatever it cannot read, which is 401; return None from a verifier of your own as well.',
    spring:
      'The decoder throws BadJwtException, which is 401; throw that, or InvalidBearerTokenException, from code of your own.',
    kit: 'It refuses whatever it cannot read by 401: nothing to do.',
  },
  async run(subject) {
    const answer = await askWithGarbage(subject)
    if (answer.status === 401) return sound('401')
    if (isAccepted(answer)) return faulty('it was accepted')
    if (answer.status === 403) return faulty('403, which says that the token is good')
    return doubtful(
      isOutage(answer) ? `${answer.status}: the server broke over it` : `${inWords(answer)} instead of 401`,
    )
  },
}

export const challengeWithoutError: Check<ServerSubject> = {
  id: 'challenge-without-error',
  requirement: 'RS-401-04',
  title: 'Who sent no token is told of no error',
  risk: 'A client that reads `invalid_token` throws away the tokens it keeps for the server, and shows an error instead of a sign-in.',
  sends: 'tools/list without a token.',
  expects: 'A challenge without `error`.',
  remedies: {
    general: 'Leave `error` out of the challenge when there was no Authorization header.',
    sdk1: 'requireBearerAuth always sends it; answer requests without the header before it.',
    sdk2: 'requireBearerAuth always sends it; answer requests without the header before it.',
    fastmcp: 'It leaves it out, where the middleware of the bare Python SDK writes invalid_token: nothing to do.',
    spring: 'The entry point leaves it out where no token came: nothing to do.',
    kit: 'It leaves it out: nothing to do.',
  },
  async run(subject) {
    return withChallenge(await askWithoutToken(subject), (parameters) => {
      const error = parameters.get('error')
      return error === undefined ? sound('no error code') : faulty(`error="${error}" although no token came`)
    })
  },
}

export const challengeInvalidToken: Check<ServerSubject> = {
  id: 'challenge-invalid-token',
  requirement: 'RS-401-04',
  title: 'A refused token is called invalid',
  risk: 'A client cannot tell a token that was refused from one that was lost on the way, and does not refresh it.',
  sends: 'tools/list with a token that is none.',
  expects: '401 with error="invalid_token".',
  remedies: {
    general: 'Add error="invalid_token" to the challenge whenever a token came and was refused.',
    sdk1: 'Throw InvalidTokenError from verifyAccessToken for every token that is refused.',
    sdk2: 'Throw OAuthError with invalid_token from the verifier for every token that is refused.',
    fastmcp: 'It writes it: nothing to do.',
    spring: 'It writes it for InvalidBearerTokenException, which the resource server throws: nothing to do.',
    kit: 'It writes it: nothing to do.',
  },
  async run(subject) {
    return withChallenge(await askWithGarbage(subject), (parameters) => {
      const error = parameters.get('error')
      return error === 'invalid_token'
        ? sound('invalid_token')
        : faulty(error === undefined ? 'no error code' : `error="${error}"`)
    })
  },
}
