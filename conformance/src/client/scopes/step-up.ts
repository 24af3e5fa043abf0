import { faulty, incomplete, sound } from '../../check/finding.ts'
import type { Scenario } from '../scenario.ts'
import type { Asked, World, WorldChange } from '../world/behaviours.ts'
import { scopesOf } from '../world/issuer-behaviours.ts'
import { after, at, everywhere, type Visit, type Visited } from '../world/record.ts'
import { READ_SCOPE, WRITE_SCOPE } from '../world/server-behaviours.ts'

/** More than a client that tracks its attempts would ever make for one operation. */
const ATTEMPTS_MAX = 3

const needsMore = ({ json }: Asked): boolean => json.method === 'tools/list' || json.method === 'tools/call'

const ONE_MORE: WorldChange = {
  name: 'one-more-scope',
  official: 'auth/scope-step-up',
  patch: (usual) => ({
    admit(asked, grant, world) {
      const lacks = needsMore(asked) && grant?.scopes.includes(WRITE_SCOPE) === false
      return (
        usual.admit(asked, grant, world) ?? (lacks ? { kind: 'insufficient-scope', scopes: [WRITE_SCOPE] } : undefined)
      )
    },
  }),
}

const REMEDIES = {
  general:
    'On 403 with insufficient_scope ask for the scopes you had together with those of the challenge, send the request again, and report a failure after two or three times.',
  sdk1: 'The transport asks for the scopes of the challenge alone: add those you had in redirectToAuthorization or by a scope of your own.',
  sdk2: 'The transport asks for both together, and counts.',
}

export const stepUp: Scenario = {
  id: 'client-step-up',
  requirement: 'CL-SC-02',
  title: 'A scope that is wanting is asked for',
  risk: 'The user is told that something failed, where one more consent would do.',
  sends: `403 with insufficient_scope and ${WRITE_SCOPE} for a token without it.`,
  expects: `An authorization request with ${WRITE_SCOPE}.`,
  remedies: REMEDIES,
  world: ONE_MORE,
  judge(visit) {
    const refused = firstRefused(visit)
    if (refused === undefined) return { finding: incomplete('it never asked for what needs more: it listed no tools') }
    const next = nextSignIn(visit, refused)
    if (next === undefined) return { finding: faulty('it did not ask for more'), decisive: [refused] }
    return scopesOf(next.parameters.get('scope')).includes(WRITE_SCOPE)
      ? { finding: sound('it asked for the scope') }
      : { finding: faulty('it asked the user again, and not for the scope'), decisive: [refused, next] }
  },
}

export const stepUpUnion: Scenario = {
  id: 'client-step-up-union',
  requirement: 'CL-SC-02b',
  title: 'Scopes that it has are asked for again with the new one',
  risk: 'The new token cannot do what the old one could: the client asks the user back and forth.',
  sends: `403 with insufficient_scope and ${WRITE_SCOPE} alone; the token has ${READ_SCOPE}.`,
  expects: 'An authorization request with both.',
  remedies: REMEDIES,
  world: ONE_MORE,
  judge(visit) {
    const refused = firstRefused(visit)
    const next = refused === undefined ? undefined : nextSignIn(visit, refused)
    const [first] = everywhere(visit, 'authorize')
    if (next === undefined || first === undefined) return { finding: incomplete('it never asked for one more scope') }
    const asked = scopesOf(next.parameters.get('scope'))
    const lost = scopesOf(first.parameters.get('scope')).filter((scope) => !asked.includes(scope))
    return lost.length === 0
      ? { finding: sound(`it asked for ${asked.join(' ')}`) }
      : { finding: faulty(`it asked for ${asked.join(' ')}, and no longer for ${lost.join(' ')}`), decisive: [next] }
  },
}

export const stepUpLimit = endless({
  id: 'client-step-up-limit',
  title: 'A refusal that does not end ends the attempts',
  sends: '403 with insufficient_scope and the same scope, whatever the token has.',
  scope: () => WRITE_SCOPE,
})

export const stepUpLimitGrowing = endless({
  id: 'client-step-up-limit-growing',
  title: 'A server that wants another scope each time is left',
  sends: '403 with insufficient_scope and a scope that it has not named before, each time.',
  scope: ({ memory }) => `notes:level-${memory.accessTokens.size}`,
})

interface Endless extends Pick<Scenario, 'id' | 'title' | 'sends'> {
  readonly scope: (world: World) => string
}

function endless({ scope, ...words }: Endless): Scenario {
  return {
    ...words,
    requirement: 'CL-SC-02',
    risk: 'A hostile or broken server makes the client ask the user without end, until the user allows anything (C06).',
    expects: `It gives up after ${ATTEMPTS_MAX} more sign-ins at most.`,
    remedies: REMEDIES,
    world: {
      name: words.id.replace('client-', ''),
      official: 'auth/scope-retry-limit',
      patch: (usual) => ({
        admit(asked, grant, world) {
          const refusal = usual.admit(asked, grant, world)
          if (refusal !== undefined || grant === undefined || !needsMore(asked)) return refusal
          return { kind: 'insufficient-scope', scopes: [scope(world)] }
        },
      }),
    },
    judge(visit) {
      const refused = firstRefused(visit)
      if (refused === undefined)
        return { finding: incomplete('it never asked for what needs more: it listed no tools') }
      const rest = after(visit, refused)
      const signIns = rest.filter(({ place }) => place === 'authorize')
      const finding = `${signIns.length} more sign-ins, ${rest.length} requests in all`
      const tooMany = signIns.length > ATTEMPTS_MAX || visit.ending.kind === 'flood'
      return tooMany ? { finding: faulty(finding), decisive: signIns.slice(-1) } : { finding: sound(finding) }
    },
  }
}

function firstRefused(visit: Visit): Visited | undefined {
  return at(visit, 'server', 'endpoint').find(({ answer }) => answer.status === 403)
}

function nextSignIn(visit: Visit, refused: Visited): Visited | undefined {
  return after(visit, refused).find(({ place }) => place === 'authorize')
}
