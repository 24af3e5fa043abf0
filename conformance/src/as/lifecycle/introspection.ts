import type { Check } from '../../check/check.ts'
import { doubtful, faulty, sound } from '../../check/finding.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { type AuthorizationServer, endpointOf } from '../../oauth/authorization-server.ts'
import { type OAuthError, refusalInWords } from '../../oauth/oauth-answer.ts'
import { encodeParameters } from '../../oauth/parameters.ts'
import { introspectToken } from '../../oauth/token-state.ts'
import { jsonOf } from '../../wire/message.ts'
import { asking, missing, serverOf, unasked } from '../asking.ts'
import { flowOf } from '../authorize/pkce.ts'
import type { AuthorizationServerSubject } from '../subject.ts'

const REMEDY = {
  general: 'Ask for client authentication, and answer `{"active": false}` for what is not for the caller.',
}

/** @throws Unmet where there is no introspection, which is up to the server */
function introspectionOf(subject: AuthorizationServerSubject): { server: AuthorizationServer; url: string } {
  const server = serverOf(subject)
  const url = endpointOf(server, 'introspection_endpoint')
  if (url === undefined) throw unasked('it has no introspection')
  return { server, url }
}

export const introspectionClosed: Check<AuthorizationServerSubject> = {
  id: 'as-introspection-closed',
  requirement: 'AS-INT-01',
  title: 'Introspection answers nobody who has not proven who it is',
  risk: 'Tokens can be guessed at, one request a guess, and whoever finds one learns whose it is.',
  sends: 'An introspection without any client, and one by the name of a public client.',
  expects: '401, or another refusal.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { url } = introspectionOf(subject)
    const client = await subject.clients.first()
    const names = client.authentication.method === 'none' ? [undefined, client.clientId] : [undefined]
    for (const name of names) {
      const answer = await subject.wire.send({
        method: 'POST',
        url,
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: encodeParameters({ token: 'examiner-made-this-up', client_id: name }),
      })
      const body = jsonOf(answer)
      if (answer.status !== 200 || !isRecord(body) || typeof body.active !== 'boolean') continue
      if (name === undefined) return faulty('it answers anybody')
      return faulty('it answers whoever names a public client')
    }
    return sound('it refused')
  }),
}

export const introspectionUnknown: Check<AuthorizationServerSubject> = {
  id: 'as-introspection-unknown',
  requirement: 'AS-INT-02',
  title: 'Of a token that is none, introspection says that it is not active',
  risk: 'A resource that asks gets an error, and opens or closes for everybody.',
  sends: 'An introspection by --exchange-client of a token that the examiner made up.',
  expects: '200 and `{"active": false}`, nothing more.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { server } = introspectionOf(subject)
    const { client } = partyOf(subject)
    const state = await introspectToken(subject.wire, server, client, { token: 'examiner-made-this-up' })
    if (state.kind === 'error' && state.error === 'invalid_client') throw missing(refusedParty(state))
    if (state.kind !== 'told') return faulty(refusalInWords(state))
    if (state.active) return faulty('it says that the token is active')
    const more = Object.keys(state.members).filter((name) => name !== 'active')
    return more.length === 0 ? sound('not active') : doubtful(`it also says ${more.join(', ')}`)
  }),
}

export const introspectionForeign: Check<AuthorizationServerSubject> = {
  id: 'as-introspection-foreign',
  requirement: 'AS-INT-02',
  title: 'Of a token for somebody else, introspection says that it is not active',
  risk: 'Each resource can look up the tokens of every other.',
  sends: 'An introspection by --exchange-client of a token for --other-resource.',
  expects: '`{"active": false}`.',
  remedies: REMEDY,
  run: asking(async (subject) => {
    const { server } = introspectionOf(subject)
    const { client } = partyOf(subject)
    const other = subject.otherResource
    if (other === undefined) throw unasked('it takes a token for somebody else: --other-resource names one')
    const { tokens } = await flowOf(subject).tokens({ resource: other, scopes: [] })
    const state = await introspectToken(subject.wire, server, client, { token: tokens.accessToken })
    if (state.kind !== 'told') throw missing(refusalInWords(state))
    return state.active
      ? faulty(`it is called active, with ${Object.keys(state.members).join(', ')}`)
      : sound('not active')
  }),
}

/** Credentials that are not taken say nothing of what a known client is told. */
const refusedParty = (state: OAuthError): string =>
  `--exchange-client was not taken for a client: ${refusalInWords(state)}`

/** @throws Unmet where nobody lent the credentials of the MCP server */
export function partyOf({ exchange }: AuthorizationServerSubject) {
  if (exchange === undefined) throw unasked('it takes the credentials of the MCP server: --exchange-client')
  return exchange
}
