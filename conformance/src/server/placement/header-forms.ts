import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, sound } from '../../check/finding.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { Header, WireAnswer } from '../../wire/message.ts'
import { controlToken, GARBAGE_TOKEN, inWords, isRefusedForCredentials, openSession } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

export const credentialsTwice: Check<ServerSubject> = {
  id: 'credentials-twice',
  requirement: 'RS-400-01',
  title: 'Two Authorization headers are one too many',
  risk: 'A proxy in front judges one of them and the server the other: what was checked is not what counts.',
  sends: 'tools/list with two Authorization headers, a good one and one that is none, in both orders.',
  expects: '400 or 401, twice.',
  remedies: {
    general: 'Count the Authorization headers of the raw request and refuse more than one.',
    sdk1: 'Node keeps the first and drops the rest: count them in request.rawHeaders before requireBearerAuth.',
    sdk2: 'Node keeps the first and drops the rest: count them in request.rawHeaders before the Request is built.',
    fastmcp:
      'It takes the first: count the `authorization` entries of `scope["headers"]` in a middleware in front, and answer 400 for more than one.',
    spring:
      'It takes the first: count `request.getHeaders("Authorization")` in a filter before the resource server, and answer 400 for more than one.',
    kit: 'It counts them and refuses more than one: nothing to do.',
  },
  async run(subject) {
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const good: Header = ['authorization', `Bearer ${control.token}`]
    const bad: Header = ['authorization', `Bearer ${GARBAGE_TOKEN}`]
    if (isAccepted(await askWith(subject, control.token, [bad]))) return incomplete('it is accepted with any token')
    const goodFirst = await askWith(subject, control.token, [good, bad])
    const badFirst = await askWith(subject, control.token, [bad, good])
    return judgeTwice(goodFirst, badFirst)
  },
}

// Most HTTP parsers drop all but one before any program sees the request, so that acceptance alone accuses nobody.
function judgeTwice(goodFirst: WireAnswer, badFirst: WireAnswer): Finding {
  if (isRefusedForCredentials(goodFirst) && isRefusedForCredentials(badFirst)) {
    return sound(`${inWords(goodFirst)} and ${inWords(badFirst)}`)
  }
  if (isAccepted(goodFirst) && isAccepted(badFirst))
    return faulty('accepted in both orders: it looks for one that will do')
  if (isAccepted(goodFirst)) return doubtful('the first counts and the second is not looked at')
  if (isAccepted(badFirst)) return doubtful('the last counts and the first is not looked at')
  return doubtful(`${inWords(goodFirst)} and ${inWords(badFirst)}`)
}

export const schemeInAnyCase: Check<ServerSubject> = {
  id: 'scheme-in-any-case',
  requirement: 'RS-TOK-01b',
  title: 'The scheme counts in lower case too',
  risk: 'Clients that write `bearer` are refused with a good token, and sign in again and again.',
  sends: 'tools/list with an accepted token as Authorization: bearer ….',
  expects: 'The same answer as with Bearer.',
  remedies: {
    general: 'Compare the name of the scheme without regard to case.',
    sdk1: 'requireBearerAuth does: look for code of your own in front.',
    sdk2: 'requireBearerAuth does: look for code of your own in front.',
    fastmcp: 'It does: look for code of your own in front.',
    spring: 'DefaultBearerTokenResolver does: look for a resolver of your own.',
    kit: 'It does: nothing to do.',
  },
  async run(subject) {
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const answer = await askWith(subject, control.token, [['authorization', `bearer ${control.token}`]])
    return isAccepted(answer) ? sound(inWords(answer)) : faulty(`${inWords(answer)}, while Bearer was accepted`)
  },
}

async function askWith(subject: ServerSubject, token: string, headers: readonly Header[]): Promise<WireAnswer> {
  const session = await openSession(subject, token)
  return subject.wire.send(subject.mcp.request({ method: 'tools/list', headers }, session))
}
