import { faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { SOUND_AGAIN } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import { everywhere, tokenRequests } from '../world/record.ts'

const WORDS = {
  requirement: 'CL-AZ-03',
  risk: 'An attacker has the client finish an authorization that the attacker began: the user works in the account of another (C08).',
  remedies: {
    general:
      'Make a random state for each authorization, keep it with the verifier, and drop every answer with another.',
    sdk1: 'Write state() of your provider, and compare where the answer comes in: the SDK does not see it.',
    sdk2: 'Write state() of your provider, and compare where the answer comes in: the SDK does not see it.',
  },
}

export const stateSent: Scenario = {
  ...WORDS,
  id: 'client-state-sent',
  title: 'Each authorization request has a state of its own',
  sends: 'Nothing hostile: the same flow a second time.',
  expects: 'A state, and another than the first time.',
  world: SOUND_AGAIN,
  judge(visit, before) {
    const [first, second] = [before, visit].map((each) => everywhere(each, 'authorize')[0])
    if (first === undefined || second === undefined)
      return { finding: incomplete('there are no two authorizations to compare') }
    const [one, other] = [first, second].map(({ parameters }) => parameters.get('state') ?? '')
    if (one === '') return { finding: faulty('the authorization request has no state'), decisive: [first] }
    return one === other
      ? { finding: faulty('it is the same state again'), decisive: [first, second] }
      : { finding: sound('it is another state') }
  },
}

export const stateCompared: Scenario = {
  ...WORDS,
  id: 'client-state-compared',
  title: 'An answer with another state is dropped',
  sends: 'An authorization response with a good code and a state that the client never made.',
  expects: 'The code is not redeemed.',
  world: {
    name: 'another-state',
    patch: (usual) => ({
      authorizationResponse: (asked, world) => ({
        ...usual.authorizationResponse(asked, world),
        state: 'made-by-somebody-else',
      }),
    }),
  },
  judge(visit) {
    const [signIn] = everywhere(visit, 'authorize')
    if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
    if (!signIn.parameters.has('state'))
      return { finding: notApplicable('it sends no state, which another check is about') }
    const [redemption] = tokenRequests(visit, 'authorization_code')
    return redemption === undefined
      ? { finding: sound('it dropped the answer') }
      : { finding: faulty('it redeemed the code all the same'), decisive: [signIn, redemption] }
  },
}
