import { faulty, incomplete, sound } from '../../check/finding.ts'
import { SOUND_WORLD } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import { scopesOf } from '../world/issuer-behaviours.ts'
import { everywhere, type Visit } from '../world/record.ts'
import { READ_SCOPE, WRITE_SCOPE } from '../world/server-behaviours.ts'

const SIGN_IN = 'offline_access'
const WORDS = {
  requirement: 'CL-SC-01',
  remedies: {
    general:
      'Ask for the scope of the challenge; without one for scopes_supported of the server, not of the authorization server; without those send no scope.',
    sdk1: 'auth() chooses so; scope of clientMetadata is used where neither names any.',
    sdk2: 'auth() chooses so; scope of clientMetadata is used where neither names any.',
  },
}

export const scopeOfChallenge: Scenario = {
  ...WORDS,
  id: 'client-scope-of-challenge',
  title: 'The scopes of the challenge are those that are asked for',
  risk: 'Users are asked to allow more than the task needs, or the token is not enough and is refused.',
  sends: `A challenge with ${READ_SCOPE}; the metadata lists ${WRITE_SCOPE} as well, and the authorization server admin.`,
  expects: `scope is ${READ_SCOPE}.`,
  world: SOUND_WORLD,
  judge: (visit) => judge(visit, [READ_SCOPE]),
}

export const scopeOfMetadata: Scenario = {
  ...WORDS,
  id: 'client-scope-of-metadata',
  title: 'Without scopes in the challenge, those of the metadata are asked for',
  risk: 'The token opens nothing, and the user is asked a second time.',
  sends: `A challenge without scope; the metadata lists ${READ_SCOPE} and ${WRITE_SCOPE}.`,
  expects: 'scope is both of them.',
  world: {
    name: 'scope-in-metadata-alone',
    official: 'auth/scope-from-scopes-supported',
    patch: () => ({ challengeScopes: [] }),
  },
  judge: (visit) => judge(visit, [READ_SCOPE, WRITE_SCOPE]),
}

export const scopeOmitted: Scenario = {
  ...WORDS,
  id: 'client-scope-omitted',
  title: 'Where no scope is named, none is asked for',
  risk: 'A client that asks for all that the authorization server lists is allowed everything, or refused.',
  sends: 'Neither challenge nor metadata name a scope; the authorization server lists some.',
  expects: 'No scope in the authorization request.',
  world: {
    name: 'no-scope-named',
    official: 'auth/scope-omitted-when-undefined',
    patch: (usual) => ({
      challengeScopes: [],
      resourceMetadata: (world) => ({ ...usual.resourceMetadata(world), scopes_supported: undefined }),
    }),
  },
  judge: (visit) => judge(visit, []),
}

export const signInOnlyIfListed: Scenario = {
  id: 'client-offline-access-only-if-listed',
  requirement: 'CL-SC-03',
  title: `${SIGN_IN} is asked for only where the authorization server lists it`,
  risk: 'The authorization server refuses a scope it does not know, and nobody can sign in.',
  sends: `Nothing hostile: the authorization server does not list ${SIGN_IN}.`,
  expects: `No ${SIGN_IN} in the authorization request.`,
  remedies: { general: `Add ${SIGN_IN} only where scopes_supported of the authorization server has it.` },
  world: SOUND_WORLD,
  judge(visit) {
    const [signIn] = everywhere(visit, 'authorize')
    if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
    return scopesOf(signIn.parameters.get('scope')).includes(SIGN_IN)
      ? { finding: faulty(`it asked for ${SIGN_IN}`), decisive: [signIn] }
      : { finding: sound(`it did not ask for ${SIGN_IN}`) }
  },
}

function judge(visit: Visit, expected: readonly string[]): ReturnType<Scenario['judge']> {
  const [signIn] = everywhere(visit, 'authorize')
  if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
  const asked = scopesOf(signIn.parameters.get('scope')).filter((scope) => scope !== SIGN_IN)
  const words = asked.length === 0 ? 'it asked for no scope' : `it asked for ${asked.join(' ')}`
  const same = asked.length === expected.length && expected.every((scope) => asked.includes(scope))
  return same
    ? { finding: sound(words) }
    : { finding: faulty(`${words}, not for ${expected.join(' ') || 'none'}`), decisive: [signIn] }
}
