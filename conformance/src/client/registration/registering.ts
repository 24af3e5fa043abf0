import { doubtful, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { SOUND_WORLD } from '../meet-client.ts'
import type { Scenario } from '../scenario.ts'
import type { WorldChange } from '../world/behaviours.ts'
import { at, everywhere } from '../world/record.ts'

/** Where a client without an id of its own has to register. */
const NO_DOCUMENTS: WorldChange = { name: 'no-client-documents', patch: () => ({ supportsClientDocuments: false }) }

const NOT_REGISTERED = 'it does not register: it came with a client id'

export const documentFirst: Scenario = {
  id: 'client-document-before-registration',
  requirement: 'CL-REG-01',
  title: 'A client metadata document comes before a registration',
  risk: 'Registrations pile up at the authorization server by the thousand, and no user can tell one client from another.',
  sends: 'Metadata that takes client metadata documents, and registration beside them.',
  expects: 'A client_id that is an https URL; or one that was set up before.',
  remedies: {
    general:
      'Publish a client metadata document, and send its URL as client_id where the metadata says that it is taken.',
    sdk1: 'Set clientMetadataUrl of your provider.',
    sdk2: 'Set clientMetadataUrl of your provider.',
  },
  world: SOUND_WORLD,
  judge(visit) {
    const [registered] = everywhere(visit, 'register')
    const [signIn] = everywhere(visit, 'authorize')
    if (signIn === undefined) return { finding: incomplete('nobody opened its authorization request') }
    if (registered !== undefined) return { finding: faulty('it registered'), decisive: [registered] }
    const isDocument = signIn.parameters.get('client_id')?.startsWith('https://') === true
    return { finding: sound(isDocument ? 'it named its document' : 'it came with a client id that was set up before') }
  },
}

export const applicationType: Scenario = {
  id: 'client-application-type',
  requirement: 'CL-REG-02',
  title: 'A registration says what kind of application it is',
  risk: 'Authorization servers take it for one of the web and refuse its redirect to this machine.',
  sends: 'Metadata that takes registrations and no documents.',
  expects: 'application_type is native, or web for a client that is served from elsewhere.',
  remedies: {
    general:
      'Send application_type: native for what runs on the machine of the user, web for what is served over https.',
    sdk1: 'Put application_type into clientMetadata of your provider.',
    sdk2: 'It is derived from the redirect URIs unless clientMetadata says otherwise.',
  },
  world: NO_DOCUMENTS,
  judge(visit) {
    const [registered] = at(visit, 'issuer', 'register')
    if (registered === undefined) return { finding: notApplicable(NOT_REGISTERED) }
    const type = registered.json.application_type
    if (type === undefined)
      return { finding: faulty('the registration has no application_type'), decisive: [registered] }
    if (type !== 'native' && type !== 'web')
      return { finding: faulty('application_type is neither native nor web'), decisive: [registered] }
    const isLocal = redirectsOf(registered.json).every((uri) => /^http:\/\/(?:localhost|127\.|\[::1\])/.test(uri))
    if (type === 'web' && isLocal)
      return {
        finding: doubtful('it calls itself an application of the web, and its codes come back to this machine'),
        decisive: [registered],
      }
    return { finding: sound(`application_type is ${type}`) }
  },
}

export const refreshGrant: Scenario = {
  id: 'client-refresh-grant-registered',
  requirement: 'CL-REG-04',
  title: 'A registration asks for refresh tokens',
  risk: 'Authorization servers give no refresh token to who did not ask, and users sign in again and again.',
  sends: 'Metadata that takes registrations and no documents.',
  expects: 'grant_types has refresh_token.',
  remedies: {
    general: 'Register grant_types: authorization_code and refresh_token, unless you want no refresh tokens.',
  },
  world: NO_DOCUMENTS,
  judge(visit) {
    const [registered] = at(visit, 'issuer', 'register')
    if (registered === undefined) return { finding: notApplicable(NOT_REGISTERED) }
    const grants = registered.json.grant_types
    const has = Array.isArray(grants) && grants.includes('refresh_token')
    // A client may want none.
    return has
      ? { finding: sound('grant_types has refresh_token') }
      : { finding: doubtful('grant_types has no refresh_token'), decisive: [registered] }
  },
}

function redirectsOf({ redirect_uris: uris }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(uris) ? uris.map(String) : []
}
