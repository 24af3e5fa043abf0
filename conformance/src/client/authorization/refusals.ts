import { faulty, incomplete, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import { everywhere, tokenRequests } from '../world/record.ts'

/** Pages that a user may see for one connection before it is a nuisance. */
const SIGN_INS_MAX = 3

export const codeOnce: Scenario = {
  id: 'client-code-once',
  requirement: 'CL-AZ-07',
  title: 'A code that was refused is not sent again',
  risk: 'The authorization server takes the second redemption for theft, and ends what it gave out for the code.',
  sends: 'invalid_grant for the redemption of a code.',
  expects: 'No second redemption of that code.',
  remedies: {
    general: 'Forget a code when it is sent, whatever the answer is.',
    sdk1: 'auth() sends the same code again after invalid_grant, and no provider can keep it from that; exchangeAuthorization called by yourself does not.',
    sdk2: 'auth() sends the same code again after invalid_grant, and no provider can keep it from that; exchangeAuthorization called by yourself does not.',
  },
  world: {
    name: 'code-refused',
    patch: (usual) => ({
      token: (asked, world) =>
        asked.parameters.get('grant_type') === 'authorization_code'
          ? { status: 400, body: { error: 'invalid_grant' } }
          : usual.token(asked, world),
    }),
  },
  judge(visit) {
    const redemptions = tokenRequests(visit, 'authorization_code')
    if (redemptions.length === 0) return { finding: incomplete('it redeemed no code') }
    const codes = redemptions.map(({ parameters }) => parameters.get('code'))
    const again = redemptions.find((_, place) => codes.indexOf(codes[place] ?? null) < place)
    return again === undefined
      ? { finding: sound('it sent no code twice') }
      : { finding: faulty('it sent the same code again'), decisive: [redemptions[0], again] }
  },
}

export const denialRespected: Scenario = {
  id: 'client-denial-respected',
  requirement: 'CL-AZ-08',
  title: 'A user who refuses is not asked again and again',
  risk: 'Users learn to allow whatever is asked, because nothing else ends it (C06).',
  sends: 'access_denied for every authorization request, with the right issuer and state.',
  expects: `It gives up after ${SIGN_INS_MAX} sign-ins at most.`,
  remedies: {
    general: 'Take access_denied for the answer of the user: report it, and wait until the user begins again.',
  },
  world: {
    name: 'user-refuses',
    patch: (usual) => ({
      authorizationResponse(asked, world) {
        const { code: _, ...answer } = usual.authorizationResponse(asked, world)
        return { ...answer, error: 'access_denied' }
      },
    }),
  },
  judge(visit) {
    const signIns = everywhere(visit, 'authorize')
    if (signIns.length === 0) return { finding: incomplete('nobody opened its authorization request') }
    return signIns.length > SIGN_INS_MAX
      ? { finding: faulty(`${signIns.length} sign-ins`), decisive: signIns.slice(-1) }
      : { finding: sound(signIns.length === 1 ? 'it asked once' : `it asked ${signIns.length} times`) }
  },
}
