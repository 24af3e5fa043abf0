import { faulty, incomplete, sound } from '../../check/finding.ts'
import type { Judgement, Scenario } from '../scenario.ts'
import type { World, WorldChange } from '../world/behaviours.ts'
import { at, everywhere, type Visit, type Visited } from '../world/record.ts'

const REMEDIES = {
  general:
    'Read resource_metadata of the 401; without it ask /.well-known/oauth-protected-resource, with the path of the server behind it and then without.',
  sdk1: 'auth() does it; hand it the resourceMetadataUrl of extractWWWAuthenticateParams where you call it yourself.',
  sdk2: 'auth() does it; hand it the resourceMetadataUrl of extractWWWAuthenticateParams where you call it yourself.',
}
const OWN_PATH = '/about/this-server'
const AT_ROOT = '/.well-known/oauth-protected-resource'

const ownPath: WorldChange = {
  name: 'metadata-at-a-path-of-its-own',
  patch: () => ({ resourceMetadataPaths: () => [OWN_PATH] }),
}

const atRoot: WorldChange = {
  name: 'metadata-at-the-root-and-not-in-the-challenge',
  patch: () => ({ resourceMetadataPaths: () => [AT_ROOT], resourceMetadataUrl: () => undefined }),
}

export const challengeFollowed: Scenario = {
  id: 'client-challenge-followed',
  requirement: 'CL-DISC-01',
  title: 'The metadata is read where the challenge says it is',
  risk: 'A client that guesses finds nothing at servers behind a gateway, or the metadata of another server on the same host.',
  sends: 'A 401 whose resource_metadata is a path of its own; nothing is at the well-known addresses.',
  expects: 'It asks for the address of the challenge.',
  remedies: REMEDIES,
  world: ownPath,
  judge: (visit) =>
    at(visit, 'server', 'resource-metadata').length > 0
      ? { finding: sound('it asked for the address of the challenge') }
      : {
          finding: faulty(`it asked for ${asked(visit)} and never for ${OWN_PATH}`),
          decisive: at(visit, 'server', 'nowhere'),
        },
}

export const wellKnownSearched: Scenario = {
  id: 'client-well-known-searched',
  requirement: 'CL-DISC-01b',
  title: 'Without an address in the challenge, the well-known ones are tried in their order',
  risk: 'Servers that name no address stay locked; a client that asks at the root first reads the metadata of another server of the same host.',
  sends: 'A 401 without resource_metadata; the metadata is at the root of the origin alone.',
  expects: 'It asks with the path of the server first, and at the root after that.',
  remedies: REMEDIES,
  world: atRoot,
  judge(visit) {
    const root = at(visit, 'server', 'resource-metadata')[0]
    const withPath = at(visit, 'server', 'nowhere').find(({ request }) =>
      new URL(request.url).pathname.startsWith(`${AT_ROOT}/`),
    )
    if (root === undefined)
      return { finding: faulty(`it asked for ${asked(visit)}, and never at the root`), decisive: [withPath] }
    if (withPath === undefined) return { finding: faulty('it asked at the root alone'), decisive: [root] }
    const inOrder = visit.requests.indexOf(withPath) < visit.requests.indexOf(root)
    return inOrder
      ? { finding: sound('it asked with the path, then at the root') }
      : { finding: faulty('it asked at the root first'), decisive: [root] }
  },
}

export const foreignResource = mismatch({
  id: 'client-foreign-resource-refused',
  title: 'Metadata of a resource at another origin is not used',
  risk: 'A hostile server names a good one as its resource, and is sent the tokens that the user allowed for the good one (C04).',
  sends: 'Metadata whose resource is an MCP server at another origin, with the authorization server that is trusted.',
  resource: ({ other }) => `${other}/mcp`,
})

export const siblingResource = mismatch({
  id: 'client-sibling-resource-refused',
  title: 'Metadata of another resource of the same host is not used',
  risk: 'One tenant of a host names another as its resource, and is sent tokens for it (C04).',
  sends: 'Metadata whose resource is another path of the same origin.',
  resource: ({ server }) => new URL('/tenants/other/mcp', server).href,
})

export const metadataOfAnother: Scenario = {
  ...mismatch({
    id: 'client-metadata-of-another-refused',
    title: 'A challenge that points to the metadata of another server leads nowhere',
    risk: 'A hostile server borrows the metadata of a good one, so that the client asks for tokens of the good one and sends them to it (C04).',
    sends: 'A 401 whose resource_metadata is at another origin, and describes the server that is there.',
    resource: ({ other }) => `${other}/mcp`,
  }),
  world: {
    name: 'challenge-points-to-another-server',
    official: 'auth/resource-mismatch',
    patch: (usual) => ({
      resourceMetadataPaths: () => [],
      resourceMetadataUrl: ({ other }) => `${other}/.well-known/oauth-authorization-server`,
      issuerMetadataAnswer: (asked, world) =>
        asked.party === 'other'
          ? { status: 200, body: { ...usual.resourceMetadata(world), resource: `${world.other}/mcp` } }
          : usual.issuerMetadataAnswer(asked, world),
    }),
  },
  judge: (visit) => judgeMismatch(visit, at(visit, 'other', 'issuer-metadata')[0]),
}

interface Mismatch extends Pick<Scenario, 'id' | 'title' | 'risk' | 'sends'> {
  readonly resource: (world: World) => string
}

function mismatch({ resource, ...words }: Mismatch): Scenario {
  return {
    ...words,
    requirement: 'CL-DISC-02',
    expects: 'It stops: nobody is asked to sign in.',
    remedies: {
      general:
        'Compare resource of the metadata with the URL of the server, letter by letter, and stop where they differ.',
      sdk1: 'selectResourceURL compares; a validateResourceURL of your own replaces its judgement.',
      sdk2: 'selectResourceURL compares; a validateResourceURL of your own replaces its judgement.',
    },
    world: {
      name: words.id.replace('client-', '').replace('-refused', ''),
      official: 'auth/resource-mismatch',
      patch: (usual) => ({
        resourceMetadata: (world) => ({ ...usual.resourceMetadata(world), resource: resource(world) }),
      }),
    },
    judge: (visit) => judgeMismatch(visit, everywhere(visit, 'resource-metadata')[0]),
  }
}

function judgeMismatch(visit: Visit, metadata: Visited | undefined): Judgement {
  const [signIn] = everywhere(visit, 'authorize')
  if (signIn !== undefined)
    return { finding: faulty('it asked the user to sign in all the same'), decisive: [metadata, signIn] }
  return { finding: metadata !== undefined ? sound('it stopped') : incomplete('it never read the metadata') }
}

function asked(visit: Visit): string {
  const paths = at(visit, 'server', 'nowhere').map(({ request }) => new URL(request.url).pathname)
  return paths.length === 0 ? 'nothing' : [...new Set(paths)].join(', ')
}
