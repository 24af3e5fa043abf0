import { missing, unasked } from '../../as/asking.ts'
import { isAtRedirectUri } from '../../browser/create-browser.ts'
import { type Finding, faulty, sound } from '../../check/finding.ts'
import { buildAuthorizationRequest } from '../../oauth/authorization-request.ts'
import type { AuthorizationServer, OAuthClient } from '../../oauth/authorization-server.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { registerClient } from '../../oauth/registration.ts'
import { headerOf } from '../../wire/message.ts'
import { fillMembers } from '../fill.ts'
import {
  chooseIdentity,
  clientAtHome,
  type DocumentIdentity,
  proofOf,
  type RegistrationIdentity,
  registrationOf,
  serveDocument,
  valuesOf,
} from '../identity.ts'
import type { Replay } from '../replay.ts'
import type { ReplayStep } from '../step.ts'

/** @throws Unmet where discovery ended without metadata */
export function serverOf({ held }: Replay): AuthorizationServer {
  if (held.server === undefined) throw missing('the client came no further than its look for the metadata')
  return held.server
}

export const register: ReplayStep = {
  id: 'register',
  requirement: 'AS-DCR-03',
  title: 'It becomes known, by its document or by what it registers',
  remedy:
    'Take client metadata documents, say so in the metadata beside `none`, and overlook members of a registration that are not known.',
  run: async (replay) => {
    const server = serverOf(replay)
    const { profile, held, known } = replay
    const own = known.get(profile.id)
    if (own !== undefined) {
      const [identity] = profile.identities
      if (identity !== undefined) held.identity = identity
      const redirectUri = identity === undefined ? own.redirectUri : valuesOf(replay, identity, replay.port).redirect
      held.client = { ...own, redirectUri }
      return sound('it is registered already, as the operator says')
    }
    const identity = chooseIdentity(profile, server)
    if (identity === undefined) {
      return faulty('neither its document nor a registration is taken: its person has to know a client id and type it')
    }
    return identity.way === 'document' ? present(replay, server, identity) : enrol(replay, server, identity, '')
  },
}

/** Where documents are taken the client never registers, so what it would send is seen by itself. */
export const registerOtherwise: ReplayStep = {
  id: 'register-otherwise',
  requirement: 'AS-DCR-03',
  title: 'What it registers where documents are not taken is taken as well',
  remedy: 'Overlook members that are not known, and infer what is left out from the redirect URIs.',
  run: async (replay) => {
    const server = serverOf(replay)
    const { profile, held } = replay
    if (held.identity?.way !== 'document') throw unasked('it has no other way, or took this one already')
    const identity = registrationOf(profile, server)
    if (identity === undefined) throw unasked('registration is not offered, or the client has none')
    const metadata = fillMembers(identity.metadata, valuesOf(replay, identity, replay.port))
    const answer = await registerClient(replay.wire, server, metadata)
    return answer.kind === 'registered' ? sound(`${answer.answer.status}`) : faulty(refusalInWords(answer))
  },
}

/** Registers with the port that is open now. @throws Unmet where that is refused */
export async function registerAnew(replay: Replay, port: number): Promise<OAuthClient> {
  const server = serverOf(replay)
  const identity = registrationOf(replay.profile, server)
  if (identity === undefined) throw unasked('registration is not offered')
  const values = valuesOf(replay, identity, port)
  const answer = await registerClient(replay.wire, server, fillMembers(identity.metadata, values))
  if (answer.kind !== 'registered') throw missing(`it could not register anew: ${refusalInWords(answer)}`)
  return { ...answer.client, redirectUri: values.redirect }
}

async function enrol(
  replay: Replay,
  server: AuthorizationServer,
  identity: RegistrationIdentity,
  before: string,
): Promise<Finding> {
  const values = valuesOf(replay, identity, replay.port)
  const answer = await registerClient(replay.wire, server, fillMembers(identity.metadata, values))
  if (answer.kind !== 'registered') return faulty(`${before}its registration was refused: ${refusalInWords(answer)}`)
  const echoed = [answer.members.redirect_uris].flat()
  if (echoed.some((uri) => typeof uri !== 'string')) {
    return faulty(`${before}the answer to its registration does not hold its redirect URIs`)
  }
  replay.held.identity = identity
  replay.held.client = { ...answer.client, redirectUri: values.redirect }
  return sound(`${before}registered, ${answer.answer.status}`)
}

const NO_HOST = '--cimd-url, --cimd-cert and --cimd-key let the examiner serve the same document'

async function present(replay: Replay, server: AuthorizationServer, identity: DocumentIdentity): Promise<Finding> {
  const { documentHost, held, profile, port } = replay
  const values = valuesOf(replay, identity, port)
  if (documentHost !== undefined) {
    held.identity = identity
    held.client = await serveDocument(documentHost, identity, values, server)
    return sound(`its document is served at ${held.client.clientId}; the client itself has it elsewhere`)
  }
  const atHome = clientAtHome(identity, values)
  if (proofOf(identity, server) === 'none' && (await isTaken(replay, server, atHome))) {
    held.identity = identity
    held.client = atHome
    return sound(`${atHome.clientId} is taken`)
  }
  const otherwise = registrationOf(profile, server)
  const why = `${atHome.clientId} was not shown to be taken, which may be for want of a way there: ${NO_HOST}`
  if (otherwise === undefined) throw unasked(why)
  return enrol(replay, server, otherwise, `${why}; `)
}

/** Whether the first request under the client's own URL meets anything but an error. */
async function isTaken({ wire, resource }: Replay, server: AuthorizationServer, client: OAuthClient): Promise<boolean> {
  const { url } = buildAuthorizationRequest(server, client, { resource })
  const answer = await wire.send({ method: 'GET', url, headers: [['accept', 'text/html']] })
  const location = headerOf(answer, 'location')
  const to = location !== undefined && URL.canParse(location, url) ? new URL(location, url) : undefined
  return answer.status < 400 && !(to !== undefined && isAtRedirectUri(to, client.redirectUri))
}
