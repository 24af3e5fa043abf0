import { faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import { tokenRequests, type Visit } from '../world/record.ts'
import { authenticationsOf } from '../world/token-client.ts'

export const basicAuthentication = authentication(
  'client_secret_basic',
  'client-authenticates-by-header',
  'in the Authorization header',
  'basic',
)
export const postAuthentication = authentication(
  'client_secret_post',
  'client-authenticates-by-form',
  'in the form',
  'post',
)
export const noAuthentication = authentication('none', 'client-authenticates-by-nothing', 'by its id alone', 'none')

function authentication(method: string, id: string, where: string, official: string): Scenario {
  return {
    id,
    requirement: 'CL-TOK-02',
    title: `A client that was registered to authenticate ${where} does so`,
    risk: 'The authorization server refuses the token request, or a secret stands where it is logged.',
    sends: `A registration that is answered with the method ${method}, which the metadata names as the only one.`,
    expects: `The token request authenticates ${where}, and in no other way.`,
    remedies: {
      general: 'Read token_endpoint_auth_method of the answer to the registration, and use that one.',
      sdk1: 'selectClientAuthMethod does it; an addClientAuthentication of your own replaces it.',
      sdk2: 'selectClientAuthMethod does it; an addClientAuthentication of your own replaces it.',
    },
    world: {
      name: id.replace('client-', ''),
      official: `auth/token-endpoint-auth-${official}`,
      patch: () => ({ onlyAuthentication: method, supportsClientDocuments: false }),
    },
    judge: (visit) => judge(visit, method),
  }
}

function judge(visit: Visit, method: string): ReturnType<Scenario['judge']> {
  const [redemption] = tokenRequests(visit, 'authorization_code')
  if (redemption === undefined) return { finding: incomplete('it redeemed no code') }
  const { request, parameters } = redemption
  const used = authenticationsOf({ headers: request.headers, parameters })
  const { clients } = visit.world.memory
  const client = used.map(({ clientId }) => clients.get(clientId ?? '')).find((found) => found !== undefined)
  if (clients.size === 0) return { finding: notApplicable('it does not register: it came with a client id') }
  if (client === undefined)
    return { finding: faulty('the token request does not name the client that was registered'), decisive: [redemption] }
  const words = `it authenticates by ${used.map((each) => each.method).join(' and ')}, and was registered with ${method}`
  if (used.length !== 1 || used[0]?.method !== method) return { finding: faulty(words), decisive: [redemption] }
  return used[0].secret === client.secret
    ? { finding: sound(words) }
    : { finding: faulty('the secret is not the one it was given'), decisive: [redemption] }
}
