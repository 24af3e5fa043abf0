import { doubtful, faulty, incomplete, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import { issuerOf, type WorldChange } from '../world/behaviours.ts'
import { wellKnownPaths } from '../world/issuer-behaviours.ts'
import { at, everywhere, type Visit } from '../world/record.ts'

const TENANT = '/tenant'
const ORDER_REMEDIES = {
  general:
    'For an issuer with a path try oauth-authorization-server and openid-configuration before the path, then openid-configuration behind it; without a path the first two.',
  sdk1: 'discoverAuthorizationServerMetadata does it; discoverOAuthMetadata is the older one, which does not.',
  sdk2: 'discoverAuthorizationServerMetadata does it; discoverOAuthMetadata is the older one, which does not.',
}

/** Metadata is at the last of the well-known addresses alone. */
const lastAlone = (name: string, official: string, issuerPath: string): WorldChange => ({
  name,
  official,
  patch: () => ({ issuerPath, issuerMetadataPaths: (issuer) => wellKnownPaths(issuer).slice(-1) }),
})

export const orderWithPath: Scenario = {
  id: 'client-issuer-search-with-path',
  requirement: 'CL-DISC-03',
  title: 'The metadata of an issuer with a path is found at the last address too',
  risk: 'Tenants of large identity providers cannot be used, or the metadata of another tenant is read instead.',
  sends: `An issuer with the path ${TENANT}, whose metadata is at ${TENANT}/.well-known/openid-configuration alone.`,
  expects: 'It asks for the three addresses in their order.',
  remedies: ORDER_REMEDIES,
  world: lastAlone('issuer-with-path-at-the-last-address', 'auth/metadata-var3', TENANT),
  judge: judgeOrder,
}

export const orderWithoutPath: Scenario = {
  id: 'client-issuer-search-without-path',
  requirement: 'CL-DISC-03',
  title: 'The metadata of an issuer without a path is found where OpenID Connect has it',
  risk: 'Identity providers that publish openid-configuration alone cannot be used.',
  sends: 'An issuer whose metadata is at /.well-known/openid-configuration alone.',
  expects: 'It asks for both addresses in their order.',
  remedies: ORDER_REMEDIES,
  world: lastAlone('issuer-at-the-last-address', 'auth/metadata-var1', ''),
  judge: judgeOrder,
}

export const issuerEcho: Scenario = {
  id: 'client-issuer-echo',
  requirement: 'CL-DISC-04',
  title: 'Metadata that states another issuer is not used',
  risk: 'A hostile authorization server passes for a good one: what comes from it is kept under the good name (A40).',
  sends: 'Metadata of the authorization server whose issuer is one at another origin; all else in it is as usual.',
  expects: 'It stops: nobody is asked to sign in.',
  remedies: {
    general: 'Compare issuer of the document with the one that its address was made of, and stop where they differ.',
    sdk1: 'discoverAuthorizationServerMetadata does not compare: do it before you go on.',
    sdk2: 'It compares unless skipIssuerMetadataValidation is set: leave that out.',
  },
  world: {
    name: 'metadata-of-another-issuer',
    official: 'auth/metadata-issuer-mismatch',
    patch: (usual) => ({
      issuerMetadata: (party, world) => ({ ...usual.issuerMetadata(party, world), issuer: world.other }),
    }),
  },
  judge(visit) {
    const [metadata] = at(visit, 'issuer', 'issuer-metadata')
    const [signIn] = everywhere(visit, 'authorize')
    if (signIn !== undefined)
      return { finding: faulty('it asked the user to sign in all the same'), decisive: [metadata, signIn] }
    return { finding: metadata !== undefined ? sound('it stopped') : incomplete('it never read the metadata') }
  },
}

export const issuerEchoSlash: Scenario = {
  ...issuerEcho,
  id: 'client-issuer-echo-slash',
  title: 'Metadata whose issuer differs by a slash is not used',
  risk: 'Two spellings of a name are two issuers to one program and one to the next: what is kept under one is found under the other.',
  sends: 'Metadata whose issuer has a slash at the end, which the MCP server does not write.',
  world: {
    name: 'metadata-with-a-slash-behind-the-issuer',
    official: 'auth/metadata-issuer-mismatch',
    patch: (usual) => ({
      issuerMetadata: (party, world) => ({
        ...usual.issuerMetadata(party, world),
        issuer: `${issuerOf(party, world)}/`,
      }),
    }),
  },
  judge(visit) {
    const [metadata] = at(visit, 'issuer', 'issuer-metadata')
    const [signIn] = everywhere(visit, 'authorize')
    // Many servers write their issuer by a library that adds the slash; a client that lets it pass opens no door by it alone.
    if (signIn !== undefined)
      return { finding: doubtful('it went on as if both were the same'), decisive: [metadata, signIn] }
    return { finding: metadata !== undefined ? sound('it stopped') : incomplete('it never read the metadata') }
  },
}

function judgeOrder(visit: Visit): ReturnType<Scenario['judge']> {
  const expected = wellKnownPaths(visit.world.issuer)
  const asked = visit.requests
    .filter(({ party, request }) => party === 'issuer' && request.url.includes('/.well-known/'))
    .map(({ request }) => new URL(request.url).pathname)
  const first = [...new Set(asked)]
  if (first.length === 0) return { finding: incomplete('it never asked the authorization server') }
  const words = `it asked for ${first.join(', ')}`
  const known = first.filter((path) => expected.includes(path))
  const decisive = visit.requests.filter(({ party }) => party === 'issuer').slice(-1)
  if (!known.includes(expected.at(-1) ?? ''))
    return { finding: faulty(`${words}, and not for ${expected.at(-1)}`), decisive }
  const inOrder = known.length === expected.length && known.every((path, place) => path === expected[place])
  return inOrder
    ? { finding: sound(words) }
    : { finding: faulty(`${words}; the order is ${expected.join(', ')}`), decisive }
}
