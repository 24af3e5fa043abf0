import { isAccepted } from '../../mcp/json-rpc.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { controlToken } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

/**
 * How a server received a token. `refused` is 401, and 400 or 403, which RFC 6750 §3.1 knows for other reasons than a bad
 * token: whether the status was the right one is the question of other checks. `unclear` is everything else.
 */
export type Reception = 'accepted' | 'refused' | 'unclear'

const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403])
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
  const control = await controlToken(subject)
  return control.kind === 'token' ? undefined : control.finding.detail
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
