import { createHash } from 'node:crypto'
import { doubtful, type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { SOUND_AGAIN, SOUND_WORLD } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import type { WorldChange } from '../world/behaviours.ts'
import { everywhere, tokenRequests, type Visit, type Visited } from '../world/record.ts'

const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/
const REMEDIES = {
  general:
    'Make 32 random bytes for each request, send their base64url as the verifier and the SHA-256 of that text as the challenge.',
  sdk1: 'startAuthorization does it.',
  sdk2: 'startAuthorization does it.',
}

export const pkce: Scenario = {
  id: 'client-pkce',
  requirement: 'CL-AZ-01',
  title: 'The code is bound by S256 to the verifier that redeems it',
  risk: 'Whoever catches a code on its way back redeems it.',
  sends: 'Nothing hostile: an authorization, and the redemption of its code.',
  expects: 'A challenge with S256, and the verifier it was made of.',
  remedies: REMEDIES,
  world: SOUND_WORLD,
  judge(visit) {
    const [signIn] = everywhere(visit, 'authorize')
    const [redemption] = tokenRequests(visit, 'authorization_code')
    if (signIn === undefined || redemption === undefined) return { finding: incomplete('no code was redeemed') }
    const fault = faultOf(signIn, redemption)
    return {
      finding: fault === undefined ? sound('challenge and verifier belong together') : faulty(fault),
      decisive: [signIn, redemption],
    }
  },
}

export const pkceFresh: Scenario = {
  id: 'client-pkce-fresh',
  requirement: 'CL-AZ-01',
  title: 'Each authorization has a verifier of its own',
  risk: 'A verifier that is always the same is known after the first time, and protects no code.',
  sends: 'Nothing hostile: the same flow a second time.',
  expects: 'Another challenge than the first time.',
  remedies: REMEDIES,
  world: SOUND_AGAIN,
  judge(visit, before) {
    const [first, second] = [before, visit].map((each) => everywhere(each, 'authorize')[0])
    const [one, other] = [first, second].map((signIn) => signIn?.parameters.get('code_challenge') ?? undefined)
    if (one === undefined || other === undefined)
      return { finding: incomplete('there are no two challenges to compare') }
    return one === other
      ? { finding: faulty('it is the same challenge again'), decisive: [first, second] }
      : { finding: sound('it is another challenge') }
  },
}

export const pkceUnadvertised = unsupported({
  id: 'client-pkce-unadvertised',
  title: 'An authorization server that does not say it supports PKCE is not used',
  risk: 'The server ignores the challenge, and the client believes its codes to be protected (C02).',
  sends: 'Metadata without code_challenge_methods_supported.',
  methods: undefined,
  judge: () => faulty('it asked the user to sign in all the same'),
})

export const pkcePlainOnly = unsupported({
  id: 'client-pkce-plain-only',
  title: 'An authorization server that supports plain alone is not used with plain',
  risk: 'The challenge is the verifier itself: whoever sees the request redeems the code.',
  sends: 'Metadata that supports the method plain and no other.',
  methods: ['plain'],
  judge: (signIn) =>
    signIn.parameters.get('code_challenge_method') === 'S256'
      ? doubtful('it went on with S256, which the server does not say it supports')
      : faulty('it went on without S256'),
})

interface Unsupported extends Pick<Scenario, 'id' | 'title' | 'risk' | 'sends'> {
  readonly methods: readonly string[] | undefined
  readonly judge: (signIn: Visited) => Finding
}

function unsupported({ methods, judge, ...words }: Unsupported): Scenario {
  const world: WorldChange = {
    name: words.id.replace('client-', ''),
    patch: (usual) => ({
      issuerMetadata: (party, it) => ({
        ...usual.issuerMetadata(party, it),
        code_challenge_methods_supported: methods,
      }),
    }),
  }
  return {
    ...words,
    requirement: 'CL-AZ-01b',
    expects: 'It stops: nobody is asked to sign in.',
    remedies: {
      general: 'Stop unless code_challenge_methods_supported has S256 in it.',
      sdk1: 'startAuthorization looks at the methods only where there are any: look yourself before you call auth().',
      sdk2: 'startAuthorization looks at the methods only where there are any: look yourself before you call auth().',
    },
    world,
    judge(visit: Visit) {
      const [metadata] = everywhere(visit, 'issuer-metadata')
      const [signIn] = everywhere(visit, 'authorize')
      if (signIn !== undefined) return { finding: judge(signIn), decisive: [metadata, signIn] }
      return { finding: metadata !== undefined ? sound('it stopped') : incomplete('it never read the metadata') }
    },
  }
}

function faultOf({ parameters }: Visited, redemption: Visited): string | undefined {
  const challenge = parameters.get('code_challenge')
  const verifier = redemption.parameters.get('code_verifier')
  if (challenge === null) return 'the authorization request has no code_challenge'
  if (parameters.get('code_challenge_method') !== 'S256') return 'code_challenge_method is not S256'
  if (verifier === null) return 'the token request has no code_verifier'
  if (!VERIFIER.test(verifier)) return 'the verifier is none: 43 to 128 unreserved characters'
  return createHash('sha256').update(verifier).digest('base64url') === challenge
    ? undefined
    : 'the challenge is not the SHA-256 of the verifier'
}
