import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { SOUND_WORLD } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import { TOKENS_OF_ONE_USE } from '../tokens/withdrawn.ts'
import { everywhere, tokenRequests, type Visit, type Visited } from '../world/record.ts'

const WORDS = {
  requirement: 'CL-AZ-02',
  risk: 'The token is good for every resource of the authorization server, and the MCP server it goes to can use it at all of them.',
  expects: 'resource is the identifier in the metadata of the server, letter by letter.',
  remedies: {
    general: 'Send resource of the metadata as it stands in the authorization request and in every token request.',
    sdk1: 'auth() does it from the metadata; a validateResourceURL that returns undefined leaves it out.',
    sdk2: 'auth() does it from the metadata; a validateResourceURL that returns undefined leaves it out.',
  },
}

export const resourceInAuthorization: Scenario = {
  ...WORDS,
  id: 'client-resource-in-authorization',
  title: 'The authorization request names the MCP server',
  sends: 'Nothing hostile: an authorization.',
  world: SOUND_WORLD,
  judge: (visit) => judge(visit, everywhere(visit, 'authorize')[0], incomplete('there was no authorization request')),
}

export const resourceInToken: Scenario = {
  ...WORDS,
  id: 'client-resource-in-token-request',
  title: 'The token request names the MCP server',
  sends: 'Nothing hostile: the redemption of a code.',
  world: SOUND_WORLD,
  judge: (visit) => judge(visit, tokenRequests(visit, 'authorization_code')[0], incomplete('no code was redeemed')),
}

export const resourceInRefresh: Scenario = {
  ...WORDS,
  id: 'client-resource-in-refresh',
  title: 'A refresh names the MCP server',
  sends: 'Access tokens that count for one request, and refresh tokens.',
  world: TOKENS_OF_ONE_USE,
  judge: (visit) => judge(visit, tokenRequests(visit, 'refresh_token')[0], notApplicable('it refreshed nothing')),
}

function judge({ world }: Visit, visited: Visited | undefined, missing: Finding): ReturnType<Scenario['judge']> {
  if (visited === undefined) return { finding: missing }
  const sent = visited.parameters.getAll('resource')
  const [first] = sent
  if (first === undefined) return { finding: faulty('it has no resource'), decisive: [visited] }
  if (sent.length === 1 && first === world.server) return { finding: sound('resource is the identifier of the server') }
  const words = `resource is ${sent.join(' and ')}, the identifier is ${world.server}`
  const withoutSlash = sent.map((each) => each.replace(/\/$/, ''))
  const alike = withoutSlash.every((each) => each.toLowerCase() === world.server.toLowerCase())
  return { finding: alike ? doubtful(words) : faulty(words), decisive: [visited] }
}
