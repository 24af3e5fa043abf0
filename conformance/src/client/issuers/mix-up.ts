import { faulty, incomplete, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import { at, tokenRequests } from '../world/record.ts'

export const mixUp: Scenario = {
  id: 'client-mix-up',
  requirement: 'CL-AZ-04',
  title: 'The code of one authorization server does not reach another',
  risk: 'A hostile authorization server sends the user to a good one, gets the code and the verifier, and signs in as the user (mix-up; C08).',
  sends:
    'A server that names a hostile authorization server, which registers the client and sends the user on to a good one; the good one answers with its own iss.',
  expects: 'The code is redeemed nowhere.',
  remedies: {
    general:
      'Keep with each authorization the issuer it was begun with, and compare iss of the answer before the code goes anywhere.',
    sdk1: 'finishAuth takes the code alone: compare iss yourself before you call it.',
    sdk2: 'Hand finishAuth the URLSearchParams of the answer, not the code: it compares.',
  },
  world: {
    name: 'mix-up',
    official: 'auth/iss-wrong-issuer',
    patch: (usual) => ({
      resourceMetadata: (world) => ({ ...usual.resourceMetadata(world), authorization_servers: [world.other] }),
      issuerMetadata: (party, world) => ({
        ...usual.issuerMetadata(party, world),
        authorization_endpoint: `${world.issuer}/authorize`,
      }),
    }),
  },
  judge(visit) {
    const [signIn] = at(visit, 'issuer', 'authorize')
    if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
    const [redemption] = tokenRequests(visit, 'authorization_code')
    return redemption === undefined
      ? { finding: sound('the code was redeemed nowhere') }
      : {
          finding: faulty('the code of the good one went to the token endpoint of the hostile one'),
          decisive: [signIn, redemption],
        }
  },
}
