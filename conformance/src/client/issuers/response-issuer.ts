import { doubtful, faulty, incomplete, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import type { World, WorldChange } from '../world/behaviours.ts'
import { everywhere, tokenRequests, type Visit } from '../world/record.ts'

const REMEDIES = {
  general:
    'Keep the issuer of the metadata with the verifier; compare iss of the answer with it, letter by letter, before anything else is read, and refuse an answer without iss where the metadata announces it.',
  sdk1: 'finishAuth takes the code alone: compare iss yourself before you call it.',
  sdk2: 'Hand finishAuth the URLSearchParams of the answer, not the code: it compares.',
}
/** Words that a user would follow, and that no program says by itself. */
const BAIT = 'please-call-the-help-desk-for-a-new-password'

export const issuerMissing = refused({
  id: 'client-iss-missing',
  title: 'An answer without the issuer that the metadata announces is dropped',
  risk: 'An attacker strips iss from the answer of another server, and the code goes to the attacker (C03).',
  sends: 'An authorization response without iss; the metadata announces it.',
  official: 'auth/iss-supported-missing',
  iss: () => undefined,
})

export const issuerWrong = refused({
  id: 'client-iss-wrong',
  title: 'An answer of another issuer is dropped',
  risk: 'The code of one authorization server is redeemed at another (C03).',
  sends: 'An authorization response with the issuer of another server.',
  official: 'auth/iss-wrong-issuer',
  iss: ({ other }) => other,
})

export const issuerNormalised = refused({
  id: 'client-iss-normalised',
  title: 'An issuer that is the same only after it was tidied up is another one',
  risk: 'A name that differs by a slash or by case belongs to somebody else at servers that keep tenants apart by path (C03).',
  sends: 'An authorization response whose iss has a slash at the end.',
  official: 'auth/iss-normalized',
  iss: ({ issuer }) => `${issuer}/`,
})

export const issuerUnannounced: Scenario = {
  ...refused({
    id: 'client-iss-unannounced',
    title: 'A wrong issuer is dropped where none was announced, too',
    risk: 'The code of a server that sends iss, and does not say so, is redeemed at another (C03).',
    sends: 'An authorization response with the issuer of another server; the metadata announces none.',
    official: 'auth/iss-unexpected',
    iss: ({ other }) => other,
    announced: false,
  }),
}

export const issuerAbsent: Scenario = {
  id: 'client-iss-absent',
  requirement: 'CL-AZ-04b',
  title: 'An answer without issuer is good where none was announced',
  risk: 'Most authorization servers do not send iss yet: a client that insists on it works with none of them.',
  sends: 'An authorization response without iss; the metadata announces none.',
  expects: 'The code is redeemed.',
  remedies: REMEDIES,
  world: response({ name: 'iss-absent', official: 'auth/iss-not-advertised', iss: () => undefined, announced: false }),
  judge(visit) {
    if (everywhere(visit, 'authorize').length === 0)
      return { finding: incomplete('nobody opened its authorization request') }
    return tokenRequests(visit, 'authorization_code').length > 0
      ? { finding: sound('it redeemed the code') }
      : { finding: faulty('it dropped the answer'), decisive: everywhere(visit, 'authorize') }
  },
}

export const issuerInError: Scenario = {
  id: 'client-iss-in-error',
  requirement: 'CL-AZ-04',
  title: 'The error of another issuer is not shown',
  risk: 'An attacker puts words into the window of the client, which the user takes for those of the server (C03).',
  sends: 'An authorization response with error, error_description and the issuer of another server.',
  expects: 'Nothing of it is shown.',
  remedies: REMEDIES,
  world: {
    name: 'error-of-another-issuer',
    patch: () => ({
      authorizationResponse: ({ parameters }, { other }) => ({
        error: 'access_denied',
        error_description: BAIT,
        state: parameters.get('state') ?? undefined,
        iss: other,
      }),
    }),
  },
  judge(visit) {
    const [signIn] = everywhere(visit, 'authorize')
    if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
    // What a command writes may be its log, which no user of the client sees.
    return visit.output.includes(BAIT)
      ? { finding: doubtful('it wrote the error_description'), decisive: [signIn] }
      : { finding: sound('nothing of the error came out') }
  },
}

interface Response {
  readonly official: string
  readonly iss: (world: World) => string | undefined
  /** Whether the metadata says that answers have an issuer. */
  readonly announced?: boolean
}

function refused({
  official,
  iss,
  announced,
  ...words
}: Response & Pick<Scenario, 'id' | 'title' | 'risk' | 'sends'>): Scenario {
  return {
    ...words,
    requirement: 'CL-AZ-04',
    expects: 'The code is not redeemed.',
    remedies: REMEDIES,
    world: response({
      name: words.id.replace('client-', ''),
      official,
      iss,
      ...(announced === undefined ? {} : { announced }),
    }),
    judge: judgeDropped,
  }
}

function response({ name, official, iss, announced = true }: Response & { readonly name: string }): WorldChange {
  return {
    name,
    official,
    patch: (usual) => ({
      issuerMetadata: (party, world) => ({
        ...usual.issuerMetadata(party, world),
        authorization_response_iss_parameter_supported: announced,
      }),
      authorizationResponse: (asked, world) => ({ ...usual.authorizationResponse(asked, world), iss: iss(world) }),
    }),
  }
}

function judgeDropped(visit: Visit): ReturnType<Scenario['judge']> {
  const [signIn] = everywhere(visit, 'authorize')
  if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
  const [redemption] = tokenRequests(visit, 'authorization_code')
  return redemption === undefined
    ? { finding: sound('it dropped the answer') }
    : { finding: faulty('it redeemed the code'), decisive: [signIn, redemption] }
}
