import { readCompact } from '../../issuer/compact.ts'
import type { MintChange } from '../../issuer/hostile-issuer.ts'
import { isAccepted } from '../../mcp/json-rpc.ts'
import type { McpSpeaker } from '../../mcp/speaker.ts'
import type { WireAnswer } from '../../wire/message.ts'
import type { ServerSubject } from '../subject.ts'

/**
 * How a server received a token. `refused` is 401, and 400 or 403, which RFC 6750 §3.1 knows for other reasons than a bad
 * token: whether the status was the right one is the question of other checks. `unclear` is everything else.
 */
export type Reception = 'accepted' | 'refused' | 'unclear'

const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403])
/** For how long an accepted control stands for the checks that follow: it halves what a run sends. Milliseconds. */
const CONTROL_GOOD_FOR_MS = 5_000
/** When a sound token was last accepted, by server. */
const acceptedAt = new WeakMap<McpSpeaker, number>()
/** A control that ends within a check would be refused for the wrong reason. Seconds. */
const CONTROL_MARGIN_SECONDS = 30

export interface Received {
  readonly reception: Reception
  readonly status: number
}

/** Lists the tools with a token: the one request that every MCP server answers and that changes nothing. @throws Unanswered */
export async function present(subject: ServerSubject, token: string | undefined): Promise<Received> {
  const answer = await subject.mcp.call(subject.wire, { method: 'tools/list', token })
  return { reception: receptionOf(answer), status: answer.status }
}

/**
 * Presents a token that is known to be sound, unless one was accepted a moment ago.
 * @returns undefined when it was accepted, else why there is nothing to compare with
 * @throws Unanswered
 */
export async function whyNoControl(subject: ServerSubject): Promise<string | undefined> {
  if (performance.now() - (acceptedAt.get(subject.mcp) ?? Number.NEGATIVE_INFINITY) < CONTROL_GOOD_FOR_MS)
    return undefined
  const token = await controlToken(subject)
  if (token === undefined) return subject.whyNoToken ?? 'no token is known that the server accepts'
  const { reception, status } = await present(subject, token)
  if (reception === 'accepted') acceptedAt.set(subject.mcp, performance.now())
  return reception === 'accepted' ? undefined : `a sound token, accepted before, was now answered by ${status}`
}

/** What the accepted token says beside its audience and times, so that a forgery differs from it in one thing alone. */
export function soundPart(subject: ServerSubject): Required<Pick<MintChange, 'claims' | 'header'>> {
  const read = readCompact(subject.acceptedToken ?? '')
  if (read === undefined) return { claims: {}, header: {} }
  const { iss: _iss, aud: _aud, exp: _exp, iat: _iat, nbf: _nbf, jti: _jti, ...claims } = read.claims
  return { claims, header: { typ: read.header.typ } }
}

/** Tells a server that does not look at tokens at all from one that takes this token for a good one. @throws Unanswered */
export async function asksForTokens(subject: ServerSubject): Promise<boolean> {
  return (await present(subject, undefined)).reception !== 'accepted'
}

export const OPEN_TO_ALL =
  'tools/list is answered without any token, so acceptance of one says nothing; a server that lists its tools to everybody cannot be compared'

function receptionOf(answer: WireAnswer): Reception {
  if (isAccepted(answer)) return 'accepted'
  return REFUSALS.has(answer.status) ? 'refused' : 'unclear'
}

async function controlToken({ acceptedToken, issuer, audience, ...rest }: ServerSubject): Promise<string | undefined> {
  if (acceptedToken === undefined || issuer === undefined) return acceptedToken
  const expiry = Number(readCompact(acceptedToken)?.claims.exp)
  if (expiry > Date.now() / 1000 + CONTROL_MARGIN_SECONDS) return acceptedToken
  return issuer.mint(audience, soundPart({ acceptedToken, issuer, audience, ...rest }))
}
