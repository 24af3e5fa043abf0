import type { Check } from '../../check/check.ts'
import { doubtful, faulty, sound } from '../../check/finding.ts'
import { REDIRECT_URI } from '../../live/live-options.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { refusalInWords } from '../../oauth/oauth-answer.ts'
import { nativeClient } from '../../oauth/registration.ts'
import { headerOf, jsonOf, type WireAnswer } from '../../wire/message.ts'
import { asking, missing, unasked } from '../asking.ts'
import type { AuthorizationServerSubject } from '../subject.ts'
import { realPayloads } from './real-payloads.ts'

const SENDS = 'A registration of a native client.'

/** @throws Unmet where registration is closed, or does not work */
async function registered(subject: AuthorizationServerSubject, change: Readonly<Record<string, unknown>> = {}) {
  const answer = await subject.clients.register({ ...nativeClient(REDIRECT_URI), ...change })
  if (answer.kind === 'registered') return answer
  const { status } = answer.answer
  if (status === 401 || status === 403) throw unasked(`registration needs a token of the operator (${status})`)
  throw missing(`the registration was refused: ${refusalInWords(answer)}`)
}

export const registrationWorks: Check<AuthorizationServerSubject> = {
  id: 'as-registration-works',
  requirement: 'AS-DISC-11',
  title: 'A registration endpoint that the metadata names takes registrations',
  risk: 'Clients prefer what is advertised, and stop where it does not work.',
  sends: SENDS,
  expects: '201 and a `client_id`; 401 where it takes a token of the operator.',
  remedies: { general: 'Leave `registration_endpoint` out of the metadata while registration is off.' },
  run: asking(async (subject) => {
    const answer = await subject.clients.register(nativeClient(REDIRECT_URI))
    if (answer.kind === 'registered') return sound(`${answer.answer.status}`)
    const { status } = answer.answer
    if (status === 401 || status === 403) return sound(`${status}: it takes a token of the operator`)
    if (status === 429 || status >= 500) throw missing(`it answered ${status}`)
    return faulty(refusalInWords(answer))
  }),
}

export const registrationEcho: Check<AuthorizationServerSubject> = {
  id: 'as-registration-echo',
  requirement: 'AS-DCR-01',
  title: 'A registration is answered with all that was registered',
  risk: 'The client goes on with what it asked for, and the server with something else.',
  sends: SENDS,
  expects: '201, `client_id`, `redirect_uris`, `grant_types`, `response_types` and `token_endpoint_auth_method`.',
  remedies: { general: 'Answer with the record as it was stored, defaults included.' },
  run: asking(async (subject) => {
    const { members, answer } = await registered(subject)
    const absent = ['redirect_uris', 'grant_types', 'response_types', 'token_endpoint_auth_method'].filter(
      (name) => members[name] === undefined,
    )
    if (!Array.isArray(members.redirect_uris) || !members.redirect_uris.includes(REDIRECT_URI)) {
      return faulty('the redirect URI is not in the answer')
    }
    if (answer.status !== 201) return faulty(`${answer.status}, not 201`)
    return absent.length === 0 ? sound('201, and all of it') : doubtful(`left out: ${absent.join(', ')}`)
  }),
}

export const registrationErrors: Check<AuthorizationServerSubject> = {
  id: 'as-registration-errors',
  requirement: 'AS-DCR-02',
  title: 'A registration that cannot be is refused by 400 and JSON',
  risk: 'Clients cannot tell what to change, and show a page of HTML as an error.',
  sends: 'Registrations without redirect URIs, and with a redirect URI that is no URI.',
  expects: '400 and `invalid_redirect_uri` or `invalid_client_metadata` in JSON.',
  remedies: { general: 'Answer `{"error": "invalid_redirect_uri", "error_description": "…"}` with 400.' },
  run: asking(async (subject) => {
    await registered(subject)
    const plain = nativeClient(REDIRECT_URI)
    const answers = [
      await subject.clients.register({ ...plain, redirect_uris: [] }),
      await subject.clients.register({ ...plain, redirect_uris: ['no URI at all'] }),
    ]
    const taken = answers.filter(({ kind }) => kind === 'registered')
    if (taken.length > 0) return faulty(`it registered ${taken.length} of the two`)
    const wrong = answers.map(({ answer }) => formOf(answer)).filter((each) => each !== undefined)
    return wrong.length === 0 ? sound('400 and JSON') : faulty([...new Set(wrong)].join('; '))
  }),
}

function formOf(answer: WireAnswer): string | undefined {
  const body = jsonOf(answer)
  if (isRecord(body) && typeof body.error === 'string' && answer.status === 400) return undefined
  return `${answer.status} with ${headerOf(answer, 'content-type') ?? 'no media type'}`
}

export const registrationRealPayloads: Check<AuthorizationServerSubject> = {
  id: 'as-registration-real-clients',
  requirement: 'AS-DCR-03',
  title: 'What real clients register with is taken',
  risk: 'The client that sends it cannot connect at all: Cursor calls itself a web application beside an address of its own scheme, SDK 1.x does not say what it is.',
  sends:
    'Registrations in the shapes of real clients: members that nobody knows, empty texts, types left out or wrong.',
  expects: '201 to each.',
  remedies: {
    general:
      'Overlook what is not known or empty, drop scopes that do not exist, and infer the type from the redirect URIs.',
  },
  run: asking(async (subject) => {
    await registered(subject)
    const refused: string[] = []
    for (const [shape, payload] of Object.entries(realPayloads)) {
      const answer = await subject.clients.register(payload)
      if (answer.kind !== 'registered') refused.push(`${shape}: ${refusalInWords(answer)}`)
    }
    return refused.length === 0 ? sound('all of them') : faulty(refused.join('; '))
  }),
}

export const registrationType: Check<AuthorizationServerSubject> = {
  id: 'as-registration-type',
  requirement: 'AS-DCR-04',
  title: 'The application type of a client is kept',
  risk: 'A native client is treated as a web application: its ports are not free.',
  sends: SENDS,
  expects: '`application_type: native` in the answer.',
  remedies: { general: 'Store `application_type` and answer it.' },
  run: asking(async (subject) => {
    const { application_type: type } = (await registered(subject)).members
    return type === 'native' ? sound('native') : faulty(`it answers ${JSON.stringify(type) ?? 'none'}`)
  }),
}

/** Grants by which a client gets tokens without any person. */
const UNATTENDED = [
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
]

export const registrationGrants: Check<AuthorizationServerSubject> = {
  id: 'as-registration-grants',
  requirement: 'AS-DCR-05',
  title: 'Who registers itself gets no grant that works without a person',
  risk: 'Anybody makes himself a client that gets tokens on its own.',
  sends: 'A registration that asks for client_credentials, token-exchange and jwt-bearer besides.',
  expects: 'A refusal, or an answer without them.',
  remedies: { general: 'Reduce `grant_types` to those that self-registered clients may have.' },
  run: asking(async (subject) => {
    await registered(subject)
    const answer = await subject.clients.register({
      ...nativeClient(REDIRECT_URI),
      grant_types: ['authorization_code', 'refresh_token', ...UNATTENDED],
    })
    if (answer.kind !== 'registered') return sound(refusalInWords(answer))
    const { grant_types: grants } = answer.members
    const kept = UNATTENDED.filter((grant) => Array.isArray(grants) && grants.includes(grant))
    return kept.length === 0 ? sound('they were left out') : faulty(`it registered ${kept.join(', ')}`)
  }),
}

export const registrationId: Check<AuthorizationServerSubject> = {
  id: 'as-registration-id',
  requirement: 'AS-CIMD-12',
  title: 'Identifiers that the server makes do not look like URLs of documents',
  risk: 'A registered client stands in for the owner of that URL.',
  sends: SENDS,
  expects: 'A `client_id` that does not begin with https://.',
  remedies: { general: 'Make identifiers of random characters.' },
  run: asking(async (subject) => {
    const { clientId } = (await registered(subject)).client
    return clientId.startsWith('https://') ? faulty('it begins with https://') : sound('it does not')
  }),
}

/** How clients register themselves. */
export const registrationChecks: readonly Check<AuthorizationServerSubject>[] = [
  registrationWorks,
  registrationEcho,
  registrationErrors,
  registrationRealPayloads,
  registrationType,
  registrationGrants,
  registrationId,
]
