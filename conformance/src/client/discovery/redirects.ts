import { doubtful, incomplete, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import type { Answer, WorldChange } from '../world/behaviours.ts'
import { at, type Visit } from '../world/record.ts'

/** Where a cloud keeps its credentials; here it is a path of an origin of ours. */
const INTERNAL = '/latest/meta-data/iam'

const WORDS = {
  requirement: 'CL-DISC-05',
  risk: 'A client that runs on a server is made to ask what only that server can reach: services without a password, credentials of the cloud (C04).',
  expects: 'Nothing arrives at the other origin.',
  remedies: {
    general:
      'Fetch metadata without following redirects, or judge each step as you judge the address itself: scheme, host, address behind the name.',
    sdk1: 'From 1.32 on redirects are followed within the origin alone; a fetch of your own that follows them undoes it.',
    sdk2: "redirectPolicy: 'same-origin' is what it does unless told otherwise.",
  },
}

const elsewhere = (other: string): Answer => ({ status: 302, headers: { location: `${other}${INTERNAL}` } })

export const resourceMetadataRedirect: Scenario = {
  ...WORDS,
  id: 'client-resource-metadata-redirect',
  title: 'The metadata of the server is not fetched from where a redirect leads',
  sends: 'A redirect to another origin where the metadata of the server should be.',
  world: {
    name: 'resource-metadata-redirects',
    patch: () => ({ resourceMetadataAnswer: (_, { other }) => elsewhere(other) }),
  },
  judge: (visit) => judge(visit, at(visit, 'server', 'resource-metadata').length > 0),
}

const issuerRedirects: WorldChange = {
  name: 'issuer-metadata-redirects',
  patch: () => ({ issuerMetadataAnswer: (_, { other }) => elsewhere(other) }),
}

export const issuerMetadataRedirect: Scenario = {
  ...WORDS,
  id: 'client-issuer-metadata-redirect',
  title: 'The metadata of the authorization server is not fetched from where a redirect leads',
  sends: 'A redirect to another origin where the metadata of the authorization server should be.',
  world: issuerRedirects,
  judge: (visit) => judge(visit, at(visit, 'issuer', 'issuer-metadata').length > 0),
}

function judge(visit: Visit, reached: boolean): ReturnType<Scenario['judge']> {
  const arrived = at(visit, 'other', 'nowhere').find(({ request }) => new URL(request.url).pathname === INTERNAL)
  // All of it is on this machine, which a client that judges each step may well allow.
  if (arrived !== undefined) return { finding: doubtful('it followed to the other origin'), decisive: [arrived] }
  return { finding: reached ? sound('it did not follow') : incomplete('it never asked for the metadata') }
}
