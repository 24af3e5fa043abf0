import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { isSuccess } from '../../mcp/json-rpc.ts'
import { isStateless } from '../../mcp/revision.ts'
import type { Held } from '../../wire/exchange.ts'
import { headerOf, type WireRequest } from '../../wire/message.ts'
import { inWords } from '../asking.ts'
import { soundPart } from '../sound-part.ts'
import type { ServerSubject } from '../subject.ts'
import type { Waits } from '../waits.ts'

/** Everything that a server may have to tell of. */
const EVERYTHING = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }

export const createStreamExpiry = (waits: Waits): Check<ServerSubject> => ({
  id: 'stream-ends-with-token',
  requirement: 'RS-TR-10',
  title: 'A stream that listens ends when its token does',
  risk: 'Who has lost access goes on hearing what the server tells, for as long as the connection holds: days.',
  sends: `subscriptions/listen, or GET in a session, with a token of ${waits.streamTokenSeconds} seconds, held for ${waits.streamGraceSeconds} seconds more.`,
  expects: 'The end of the stream, within a minute of the end of the token.',
  remedies: {
    general: 'Close the response of a stream when the `exp` of its token comes.',
    sdk1: 'The transport does not do it: at the GET, set a timer for `req.auth.expiresAt` that calls `res.end()`.',
    sdk2: 'createMcpHandler does not do it: set a timer for `authInfo.expiresAt` that ends the body of the Response.',
    fastmcp: 'It does not do it: set the longest time of a response in the proxy in front to the life of a token.',
    spring:
      'It does not do it: give the SseEmitter or the Flux of the transport a timeout at the `expiresAt` of the Jwt.',
    kit: 'guard.handle and its adapters end event streams at `exp`; nothing has to be set.',
  },
  permission: 'slow',
  async run(subject) {
    const { issuer, audience } = subject
    if (issuer === undefined) return notApplicable('a token that ends so soon is one that only the issuer can make')
    if (subject.acceptedToken === undefined) return incomplete(subject.whyNoToken ?? 'the server accepted no token')
    const { claims, header } = soundPart(subject)
    const exp = Math.floor(Date.now() / 1_000) + waits.streamTokenSeconds
    const token = await issuer.mint(audience, { header, claims: { ...claims, exp } })
    const request = await listening(subject, token)
    if (request === undefined) return notApplicable('the server has no sessions, and so no stream to hold')
    const untilMs = (exp + waits.streamGraceSeconds) * 1_000 - Date.now()
    return judge(await subject.wire.hold(request, { forMs: untilMs }), waits)
  },
})

async function listening({ mcp, wire, url }: ServerSubject, token: string): Promise<WireRequest | undefined> {
  if (isStateless(mcp.revision)) {
    return mcp.request({ method: 'subscriptions/listen', params: { notifications: EVERYTHING }, token })
  }
  const { session } = await mcp.open(wire, token)
  if (session === undefined) return undefined
  const headers = [
    ['accept', 'text/event-stream'],
    ['authorization', `Bearer ${token}`],
    ['mcp-session-id', session],
    ['mcp-protocol-version', mcp.revision],
  ] as const
  return { method: 'GET', url, headers }
}

function judge(
  { answer, ended, heldMs, lastMessageMs }: Held,
  { streamTokenSeconds, streamGraceSeconds }: Waits,
): Finding {
  const isStream = headerOf(answer, 'content-type')?.startsWith('text/event-stream') === true
  if (!isSuccess(answer) || !isStream) return notApplicable(`the server holds no stream open: ${inWords(answer)}`)
  const held = `${Math.round(heldMs / 1_000)} s`
  if (ended) return sound(`a stream under a token of ${streamTokenSeconds} s ended after ${held}`)
  const tellsOn = lastMessageMs !== undefined && lastMessageMs > (streamTokenSeconds + streamGraceSeconds / 2) * 1_000
  if (tellsOn) return faulty(`messages came for ${held} under a token of ${streamTokenSeconds} s`)
  return doubtful(
    `a stream under a token of ${streamTokenSeconds} s was open after ${held}, and nothing was said on it`,
  )
}
