import type { Check } from '../../check/check.ts'
import { type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { WireAnswer, WireRequest } from '../../wire/message.ts'
import { CONTROL_GOOD_FOR_MS, controlToken, GARBAGE_TOKEN, inWords, isLasting, openSession } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

const REMEDIES = {
  general: 'Read the token from the Authorization header and from nowhere else.',
  sdk1: 'requireBearerAuth reads the header alone; look for a middleware in front that copies tokens into it.',
  sdk2: 'requireBearerAuth reads the header alone; look for a proxy in front that copies tokens into it.',
  spring: 'Leave allowUriQueryParameter and allowFormEncodedBodyParameter of DefaultBearerTokenResolver off.',
  fastmcp: 'It reads the header alone; look for a middleware or a proxy in front that copies tokens into it.',
  kit: 'It reads the header alone: nothing to do.',
}

/** What is sent, made of a sound token and of the request as it would be without one. */
type Place = (token: string, plain: WireRequest) => WireRequest

export const tokenInQuery = elsewhere({
  id: 'token-in-query',
  title: 'A token in the URL does not count',
  risk: 'URLs are kept in logs, histories and Referer headers: whoever reads them has the token.',
  sends: 'tools/list with an accepted token as ?access_token=, without an Authorization header.',
  place: (token, plain) => ({ ...plain, url: withQuery(plain.url, token) }),
})

export const tokenInQueryBesideHeader = elsewhere({
  id: 'token-in-query-beside-header',
  title: 'A token in the URL does not stand in for a bad one in the header',
  risk: 'A proxy judges the header and the server the URL: two users in one request.',
  sends: 'tools/list with an accepted token as ?access_token=, and one that is none in the header.',
  place: (token, plain) => ({
    ...plain,
    url: withQuery(plain.url, token),
    headers: [...plain.headers, ['authorization', `Bearer ${GARBAGE_TOKEN}`]],
  }),
})

export const tokenInForm = elsewhere({
  id: 'token-in-form',
  title: 'A token in a form does not count',
  risk: 'A page of another origin can make the browser send a form; bodies are logged where headers are masked.',
  sends: 'tools/list as the fields of a form, with an accepted token as access_token, without an Authorization header.',
  place: (token, plain) => ({
    ...plain,
    headers: [
      ...plain.headers.filter(([name]) => name !== 'content-type'),
      ['content-type', 'application/x-www-form-urlencoded'],
    ],
    body: new URLSearchParams({ access_token: token, jsonrpc: '2.0', id: '1', method: 'tools/list' }).toString(),
  }),
})

export const tokenInBody = elsewhere({
  id: 'token-in-body',
  title: 'A token beside the message does not count',
  risk: 'Messages are logged and handed on whole: the token goes with them.',
  sends:
    'tools/list with an accepted token as a member access_token of the JSON body, without an Authorization header.',
  place: (token, plain) => ({
    ...plain,
    body: JSON.stringify({ ...(JSON.parse(plain.body ?? '{}') as object), access_token: token }),
  }),
})

export const tokenInCookie = elsewhere({
  id: 'token-in-cookie',
  title: 'A token in a cookie does not count',
  risk: 'Browsers send cookies by themselves: every page can call the tools in the name of the user.',
  sends: 'tools/list with an accepted token in cookies named access_token, token and Authorization.',
  place: (token, plain) => ({
    ...plain,
    headers: [...plain.headers, ['cookie', `access_token=${token}; token=${token}; Authorization=Bearer%20${token}`]],
  }),
})

function elsewhere(
  question: Pick<Check<ServerSubject>, 'id' | 'title' | 'risk' | 'sends'> & { readonly place: Place },
): Check<ServerSubject> {
  const { place, ...words } = question
  return {
    ...words,
    requirement: 'RS-TOK-01',
    expects: '401, or 400.',
    remedies: REMEDIES,
    run: (subject) => judgePlace(subject, place),
  }
}

async function judgePlace(subject: ServerSubject, place: Place): Promise<Finding> {
  const { mcp, wire } = subject
  const control = await controlToken(subject)
  if (control.kind === 'none') return control.finding
  const { session, bare, bad } = await compare(subject, control.token)
  if (isAccepted(bare)) return incomplete('it is accepted without any token')
  if (isAccepted(bad)) return incomplete('it is accepted with any token')
  const answer = await wire.send(place(control.token, mcp.request({ method: 'tools/list' }, session)))
  return isAccepted(answer) ? faulty(`the token was accepted: ${inWords(answer)}`) : sound(inWords(answer))
}

interface Comparison {
  readonly session: string | undefined
  readonly bare: WireAnswer
  readonly bad: WireAnswer
}

/** In a session, because a request outside of one is refused whatever it carries; for all of these checks the same. */
function compare(subject: ServerSubject, token: string): Promise<Comparison> {
  const { mcp, wire } = subject
  const ask = async (): Promise<Comparison> => {
    const session = await openSession(subject, token)
    const bare = await wire.send(mcp.request({ method: 'tools/list' }, session))
    const bad = await wire.send(mcp.request({ method: 'tools/list', token: GARBAGE_TOKEN }, session))
    return { session, bare, bad }
  }
  const keep = ({ bare, bad }: Comparison): boolean => [bare, bad].every((answer) => isLasting(answer))
  return wire.once('a session with a bad token and with none', ask, { goodForMs: CONTROL_GOOD_FOR_MS, keep })
}

function withQuery(url: string, token: string): string {
  const target = new URL(url)
  target.searchParams.set('access_token', token)
  return target.href
}
