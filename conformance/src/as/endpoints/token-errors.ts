import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { type OAuthClient, requireEndpoint } from '../../oauth/authorization-server.ts'
import { encodeParameters, type Parameters } from '../../oauth/parameters.ts'
import { buildTokenRequest } from '../../oauth/token-request.ts'
import { headerOf, jsonOf, type WireAnswer } from '../../wire/message.ts'
import { asking, serverOf } from '../asking.ts'
import { registerConfidential } from '../registration/confidential-client.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

const STRANGER: OAuthClient = {
  clientId: 'examiner-knows-that-nobody-is-called-so',
  redirectUri: 'http://127.0.0.1:51776/callback',
  authentication: { method: 'none' },
}
/** A grant that nobody gave. */
const NO_CODE: Parameters = {
  grant_type: 'authorization_code',
  code: 'examiner-made-this-up',
  redirect_uri: STRANGER.redirectUri,
  code_verifier: 'examiner-made-this-up-as-well-and-made-it-long-enough',
}
const REMEDY = {
  general:
    'Answer errors of the token endpoint by 400 (401 for `invalid_client`) and `{"error": "…"}` as application/json.',
}

/** What is wrong with the form of an error; undefined for one that clients understand. */
function formOf(answer: WireAnswer): string | undefined {
  const { status } = answer
  if (status < 400) return `${status}, which is no error to a client`
  const body = jsonOf(answer)
  if (!isRecord(body) || typeof body.error !== 'string') {
    return `${status} without \`error\` in JSON (${headerOf(answer, 'content-type') ?? 'no media type'})`
  }
  return undefined
}

const errorOf = (answer: WireAnswer): string => {
  const body = jsonOf(answer)
  return isRecord(body) ? String(body.error) : 'no error'
}

async function ask(subject: AuthorizationServerSubject, client: OAuthClient, grant: Parameters): Promise<WireAnswer> {
  return subject.wire.send(await buildTokenRequest(serverOf(subject), client, grant))
}

export const tokenErrors: Check<AuthorizationServerSubject> = {
  id: 'as-token-errors',
  requirement: 'AS-TK-03',
  title: 'Errors of the token endpoint are JSON that says what is wrong',
  risk: 'Clients see a page of HTML or an empty 200, and tell the person that something went wrong.',
  sends: 'POST to the token endpoint by a client that does not exist, and with a grant type that does not exist.',
  expects: 'A status from 400 on and JSON with `error`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const unknown = await ask(subject, STRANGER, NO_CODE)
    const odd = await ask(subject, STRANGER, { grant_type: 'urn:examiner:no-such-grant' })
    const wrong = [formOf(unknown), formOf(odd)].filter((each) => each !== undefined)
    if (wrong.length > 0) return faulty([...new Set(wrong)].join('; '))
    const statuses = [unknown.status, odd.status]
    const words = `${unknown.status} ${errorOf(unknown)}, ${odd.status} ${errorOf(odd)}`
    return statuses.every((status) => status === 400 || status === 401) ? sound(words) : doubtful(words)
  }),
}

export const tokenGrantRefused: Check<AuthorizationServerSubject> = {
  id: 'as-token-invalid-grant',
  requirement: 'AS-TK-03',
  title: 'A code that never was is answered as one',
  risk: 'Clients that cannot tell a spent code from a broken server begin anew for ever, or never.',
  sends: 'POST to the token endpoint with a code that the examiner made up.',
  expects: '400 and `invalid_grant` in JSON.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const client = await subject.clients.first()
    const answer = await ask(subject, client, { ...NO_CODE, redirect_uri: client.redirectUri })
    const wrong = formOf(answer)
    if (wrong !== undefined) return faulty(wrong)
    const error = errorOf(answer)
    return answer.status === 400 && error === 'invalid_grant'
      ? sound('invalid_grant')
      : doubtful(`${answer.status} ${error}`)
  }),
}

export const tokenUnknownClient: Check<AuthorizationServerSubject> = {
  id: 'as-token-unknown-client',
  requirement: 'AS-TK-03b',
  title: 'A client that is not known is told so by 401 and invalid_client',
  risk: 'Claude registers again on exactly this answer; on any other it stays broken after the server forgot it.',
  sends: 'POST to the token endpoint by a client that does not exist.',
  expects: '401 and `invalid_client`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const answer = await ask(subject, STRANGER, NO_CODE)
    const error = errorOf(answer)
    return answer.status === 401 && error === 'invalid_client' ? sound('401') : faulty(`${answer.status} ${error}`)
  }),
}

export const tokenPostOnly: Check<AuthorizationServerSubject> = {
  id: 'as-token-post-only',
  requirement: 'AS-TK-04',
  title: 'The token endpoint takes nothing from the query',
  risk: 'Secrets and codes end up in logs of every proxy on the way.',
  sends: 'GET of the token endpoint with a token request in its query, and POST with the same query and no body.',
  expects: 'A refusal that has not read the request: 404, 405, or an error about what is missing.',
  remedies: { general: 'Route POST alone, and read the parameters from the body alone.' },
  run: asking(async (subject) => {
    const endpoint = requireEndpoint(serverOf(subject), 'token_endpoint')
    const client = await subject.clients.first()
    const url = new URL(endpoint)
    url.search = encodeParameters({ ...NO_CODE, client_id: client.clientId, redirect_uri: client.redirectUri })
    const answers = [
      await subject.wire.send({ method: 'GET', url: url.href, headers: [['accept', 'application/json']] }),
      await subject.wire.send({
        method: 'POST',
        url: url.href,
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: '',
      }),
    ]
    return judgeQuery(answers)
  }),
}

/** `invalid_grant` is said of a code: whoever says it has read one. */
function judgeQuery(answers: readonly WireAnswer[]): Finding {
  const read = answers.filter((answer) => errorOf(answer) === 'invalid_grant')
  if (read.length > 0) return faulty(`it read the code in the query: ${read[0]?.status} invalid_grant`)
  const odd = answers.find(({ status }) => status < 400 || status >= 500)
  return odd === undefined ? sound(answers.map(({ status }) => status).join(', ')) : doubtful(`${odd.status}`)
}

export const tokenTwoProofs: Check<AuthorizationServerSubject> = {
  id: 'as-token-two-proofs',
  requirement: 'AS-TK-06',
  title: 'A client that proves itself in two ways is refused',
  risk: 'Two parts of the server may each believe another one of them.',
  sends: 'A client with a secret registers, and sends it in the form and by HTTP Basic at once.',
  expects: '`invalid_request` or `invalid_client`.',
  remedies: { general: 'Count the ways to authenticate before believing any.' },
  run: asking(async (subject) => {
    const client = await registerConfidential(subject, 'client_secret_basic')
    const request = await buildTokenRequest(serverOf(subject), client, { ...NO_CODE, client_secret: secretOf(client) })
    const answer = await subject.wire.send(request)
    const error = errorOf(answer)
    if (formOf(answer) !== undefined) return doubtful(`${answer.status} ${error}`)
    return error === 'invalid_grant' ? faulty('it went on to the code') : sound(`${answer.status} ${error}`)
  }),
}

export const tokenSecretPlaces: Check<AuthorizationServerSubject> = {
  id: 'as-token-secret-places',
  requirement: 'AS-TK-05',
  title: 'A client with a secret may send it in the form or by HTTP Basic',
  risk: 'Claude sends it in the form whatever the metadata lists, and the SDK does not encode it for Basic.',
  sends: 'A client with a secret registers for each way, and presents a code that never was.',
  expects: '`invalid_grant` both times: the client was believed, the code was not.',
  remedies: { general: 'Support client_secret_basic and client_secret_post.' },
  run: asking(async (subject) => {
    const refused: string[] = []
    for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
      const client = await registerConfidential(subject, method)
      const error = errorOf(await ask(subject, client, { ...NO_CODE, redirect_uri: client.redirectUri }))
      if (error === 'invalid_client') refused.push(method)
    }
    return refused.length === 0 ? sound('both') : faulty(`${refused.join(', ')} was not believed`)
  }),
}

const secretOf = ({ authentication }: OAuthClient): string =>
  'secret' in authentication ? authentication.secret : 'no secret'
