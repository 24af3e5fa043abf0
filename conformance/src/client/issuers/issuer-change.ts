import { doubtful, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import type { WorldChange } from '../world/behaviours.ts'
import { at, type Visited } from '../world/record.ts'
import { authenticationsOf } from '../world/token-client.ts'

/**
 * The server takes the tokens of its first authorization server for one message; from then on it names another. The first takes no
 * refresh token back, so that a client has to look where it is sent.
 */
const CHANGED: WorldChange = {
  name: 'authorization-server-changes',
  official: 'auth/authorization-server-migration',
  patch: (usual) => ({
    supportsClientDocuments: false,
    admit(asked, grant, world) {
      if (grant?.issuedBy === 'issuer' && world.memory.carried > 1) return { kind: 'invalid-token' }
      return usual.admit(asked, grant, world)
    },
    resourceMetadata: (world) => ({
      ...usual.resourceMetadata(world),
      authorization_servers: [world.memory.carried > 1 ? world.other : world.issuer],
    }),
    token: (asked, world) =>
      asked.party === 'issuer' && asked.parameters.get('grant_type') === 'refresh_token'
        ? { status: 400, body: { error: 'invalid_grant' } }
        : usual.token(asked, world),
  }),
}

const TOO_FEW = 'the command sends too few requests: none came after the change'

const WORDS = {
  world: CHANGED,
  sends: 'A server that takes the tokens of one authorization server once, and then names another in its metadata.',
  remedies: {
    general:
      'Keep client credentials and tokens by issuer. On 401 read the metadata anew; where it names another issuer, begin there with nothing.',
    sdk1: 'From 1.32 on what is stored carries its issuer: store and return it unchanged.',
    sdk2: 'What is stored carries its issuer: store and return it unchanged, by ctx.issuer where you can.',
  },
}

export const credentialsNotReused: Scenario = {
  ...WORDS,
  id: 'client-credentials-not-reused',
  requirement: 'CL-REG-03',
  title: 'Credentials of one authorization server are not used at another',
  risk: 'A server that changes hands collects the secrets of every client that comes back (C05).',
  expects: 'It registers at the new one, and shows it no client id and no secret of the old one.',
  judge(visit) {
    const there = visit.requests.filter(
      ({ party, place }) => party === 'other' && (place === 'authorize' || place === 'token'),
    )
    const registered = at(visit, 'other', 'register').length > 0
    if (visit.world.memory.carried < 2) return { finding: notApplicable(TOO_FEW) }
    if (there.length === 0 && !registered)
      return { finding: incomplete('it did not go to the new authorization server') }
    const { clients } = visit.world.memory
    const old = there.find((visited) => idsIn(visited).some((id) => clients.get(id)?.registeredAt === 'issuer'))
    if (old !== undefined)
      return { finding: faulty('it came to the new one with the client id of the old one'), decisive: [old] }
    const own = there.find((visited) => idsIn(visited).some((id) => !clients.has(id) && !id.startsWith('https://')))
    return own === undefined
      ? { finding: sound(registered ? 'it registered anew' : 'its client id is a document that holds everywhere') }
      : { finding: doubtful('it brings one client id for every authorization server'), decisive: [own] }
  },
}

export const refreshTokenNotShown: Scenario = {
  ...WORDS,
  id: 'client-refresh-token-not-shown',
  requirement: 'CL-REG-03b',
  title: 'A refresh token of one authorization server is not sent to another',
  risk: 'The other one uses it and has the access of the user for as long as the refresh token lives (C05).',
  expects: 'No refresh token of the old one arrives at the new one.',
  judge(visit) {
    const given = at(visit, 'issuer', 'token').map(({ answer }) => answer.body)
    const shown = at(visit, 'other', 'token').find(({ parameters }) => {
      const token = parameters.get('refresh_token')
      return token !== null && given.some((body) => body.includes(token))
    })
    if (shown !== undefined)
      return { finding: faulty('the refresh token of the old one arrived at the new one'), decisive: [shown] }
    const wasThere = visit.requests.some(({ party }) => party === 'other')
    return {
      finding: wasThere ? sound('no refresh token arrived there') : notApplicable('it did not go to the new one'),
    }
  },
}

function idsIn({ request, parameters }: Visited): readonly string[] {
  const ids = authenticationsOf({ headers: request.headers, parameters }).map(({ clientId }) => clientId)
  return ids.filter((id) => id !== undefined)
}
