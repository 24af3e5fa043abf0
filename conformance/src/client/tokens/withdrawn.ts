import { doubtful, faulty, notApplicable, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import { bearerTokenOf } from '../world/bearer-token.ts'
import type { Asked, World, WorldChange } from '../world/behaviours.ts'
import { after, at, everywhere, tokenRequests, type Visit, type Visited } from '../world/record.ts'

/** A message that wants an answer; notifications and the stream of a session cost nothing, because clients send them in parallel. */
const isCounted = ({ method, json }: Asked): boolean => method === 'POST' && json.id !== undefined

/** Each access token counts for one message and is refused from then on, and each refresh token for one refresh. */
export const TOKENS_OF_ONE_USE: WorldChange = {
  name: 'tokens-of-one-use',
  patch(usual) {
    const uses = new WeakMap<World['memory'], Map<string, number>>()
    return {
      admit(asked, grant, world) {
        const token = bearerTokenOf(asked)
        if (grant === undefined || token === undefined || !isCounted(asked)) return usual.admit(asked, grant, world)
        const counts = uses.get(world.memory) ?? new Map<string, number>()
        uses.set(world.memory, counts)
        counts.set(token, (counts.get(token) ?? 0) + 1)
        return (counts.get(token) ?? 0) > 1 ? { kind: 'invalid-token' } : undefined
      },
    }
  },
}

const REMEDIES = {
  general:
    'On 401 use the refresh token once, keep both new tokens in place of the old ones, and send the request again.',
  sdk1: 'auth() refreshes what tokens() of your provider returns: let saveTokens replace all of it.',
  sdk2: 'auth() refreshes what tokens() of your provider returns: let saveTokens replace all of it.',
}
const NEVER_REFUSED = 'the command sends too few requests: none of its tokens was refused'

export const refreshOnRefusal: Scenario = {
  id: 'client-refresh-on-refusal',
  requirement: 'CL-TOK-04',
  title: 'A token that no longer counts is refreshed, without the user',
  risk: 'Users have to sign in again several times a day, or the client asks with the dead token for ever.',
  sends: 'Access tokens that count for one request, and refresh tokens.',
  expects: 'A refresh after the 401.',
  remedies: REMEDIES,
  world: TOKENS_OF_ONE_USE,
  judge(visit) {
    const refused = refusedWithToken(visit)
    if (refused === undefined) return { finding: notApplicable(NEVER_REFUSED) }
    const rest = after(visit, refused)
    const [next] = rest.filter(({ place }) => place === 'token' || place === 'authorize')
    if (next?.parameters.get('grant_type') === 'refresh_token') return { finding: sound('it used the refresh token') }
    return {
      finding: doubtful(next === undefined ? 'it gave up' : 'it asked the user again'),
      decisive: [refused, next],
    }
  },
}

export const refreshRotation: Scenario = {
  id: 'client-refresh-rotation',
  requirement: 'CL-TOK-05',
  title: 'A refresh token that was replaced is not used again',
  risk: 'The authorization server takes the old token for stolen and ends the whole sign-in.',
  sends: 'Access tokens that count for one request, and a new refresh token with each refresh.',
  expects: 'The second refresh has the new refresh token.',
  remedies: REMEDIES,
  world: TOKENS_OF_ONE_USE,
  judge(visit) {
    const refreshes = tokenRequests(visit, 'refresh_token')
    if (refusedWithToken(visit) === undefined) return { finding: notApplicable(NEVER_REFUSED) }
    if (refreshes.length < 2)
      return {
        finding: notApplicable(`it refreshed ${refreshes.length === 1 ? 'once' : 'never'}, so that none was replaced`),
      }
    const again = refreshes.find((refresh) => isOld(refresh, refreshes, visit))
    return again === undefined
      ? { finding: sound(`${refreshes.length} refreshes, each with the newest token`) }
      : { finding: faulty('it sent a refresh token that had been replaced'), decisive: [again] }
  },
}

/** Used before, and what replaced it had come to use in between: two refreshes at the same moment are no such thing. */
function isOld(refresh: Visited, refreshes: readonly Visited[], visit: Visit): boolean {
  const value = refresh.parameters.get('refresh_token')
  const before = refreshes
    .slice(0, refreshes.indexOf(refresh))
    .find((each) => each.parameters.get('refresh_token') === value)
  if (before === undefined) return false
  const between = after(visit, before).slice(0, visit.requests.indexOf(refresh) - visit.requests.indexOf(before))
  return between.some(({ place, request }) => {
    const token = bearerTokenOf(request)
    return place === 'endpoint' && token !== undefined && before.answer.body.includes(token)
  })
}

function refusedWithToken(visit: Visit): Visited | undefined {
  return at(visit, 'server', 'endpoint').find(
    ({ request, answer }) => answer.status === 401 && bearerTokenOf(request) !== undefined,
  )
}

const ENDLESS_MAX = 3

export const endlessRefusal: Scenario = {
  id: 'client-endless-refusal',
  requirement: 'CL-SC-02',
  title: 'A client that is refused again and again gives up',
  risk: 'A broken server makes the client ask the user to sign in without end (C06).',
  sends: '401 for every token, however new it is.',
  expects: `It gives up after ${ENDLESS_MAX} more sign-ins at most.`,
  remedies: {
    general: 'Count the authorizations that one request has led to, and report a failure after two or three.',
    sdk1: 'The transport gives up after one; count where you call connect again.',
    sdk2: 'The transport gives up after one; count where you call connect again.',
  },
  world: {
    name: 'every-token-refused',
    official: 'auth/scope-retry-limit',
    patch: (usual) => ({
      admit: (asked, grant, world) => usual.admit(asked, grant, world) ?? { kind: 'invalid-token' },
    }),
  },
  judge(visit) {
    const refused = refusedWithToken(visit)
    if (refused === undefined) return { finding: notApplicable('no token of it was refused') }
    const rest = after(visit, refused)
    const signIns = rest.filter(({ place }) => place === 'authorize').length
    const tooMany = signIns > ENDLESS_MAX || visit.ending.kind === 'flood'
    const words = `${signIns} more sign-ins, ${rest.length} requests in all`
    return tooMany
      ? { finding: faulty(words), decisive: everywhere(visit, 'authorize').slice(-1) }
      : { finding: sound(words) }
  },
}
