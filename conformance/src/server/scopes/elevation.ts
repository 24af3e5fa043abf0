import type { Check } from '../../check/check.ts'
import { type Finding, faulty, notApplicable, sound } from '../../check/finding.ts'
import { isAccepted, isRecord } from '../../mcp/json-rpc.ts'
import { isStateless } from '../../mcp/revision.ts'
import type { Header, WireAnswer, WireRequest } from '../../wire/message.ts'
import { jsonOf } from '../../wire/message.ts'
import { inWords, openSession } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'
import { type GuardedOperation, NO_SUCH_TOOL, withGuardedOperation } from './guarded-operation.ts'

/** What headers may claim instead of the truth: methods and names that need no scope anywhere. */
const CLAIMS: readonly (readonly Header[])[] = [
  [['mcp-method', 'ping']],
  [
    ['mcp-method', 'tools/call'],
    ['mcp-name', NO_SUCH_TOOL],
  ],
]

export const headerElevation: Check<ServerSubject> = {
  id: 'header-elevation',
  requirement: 'RS-TR-05',
  title: 'Headers that name another call let nothing through',
  risk: 'Whoever may do little writes something harmless into Mcp-Method and Mcp-Name, and the forbidden into the body.',
  sends: 'What was refused for want of a scope, with headers that name something else.',
  expects: '400, or the same 403.',
  remedies: {
    general: 'Decide by the body, or compare headers and body first and answer 400 with -32020 when they differ.',
    sdk2: 'createMcpHandler compares them; what decides before it must read the body.',
    sdk1: 'It speaks no revision that has these headers: nothing to do, unless code of your own reads them.',
    fastmcp:
      'With version 2 of the Python SDK headers and body are compared: decide by what `get_access_token()` and the message say, never by headers.',
    spring: 'Decide by the message, in a filter that reads the body, never by Mcp-Method and Mcp-Name.',
    kit: 'It decides by the body, and refuses headers that differ: nothing to do.',
  },
  run: async (subject) => {
    if (!isStateless(subject.mcp.revision)) return notApplicable('the revision has no such headers')
    return withGuardedOperation(subject, async ({ call, name, lesserToken }) => {
      for (const headers of CLAIMS) {
        const answer = await subject.wire.send(subject.mcp.request({ ...call, headers, token: lesserToken }))
        const claim = headers.map((header) => header.join(': ')).join(', ')
        if (isAccepted(answer)) return faulty(`${name} without its scope, by ${claim}: ${inWords(answer)}`)
      }
      return sound(`${name} stays refused`)
    })
  },
}

export const batchElevation: Check<ServerSubject> = {
  id: 'batch-elevation',
  requirement: 'RS-403-06',
  title: 'A batch lets nothing through that would be refused alone',
  risk: 'Whoever may do little puts the forbidden behind something allowed, and the first member alone is judged.',
  sends: 'What was refused for want of a scope, as the second member of a JSON-RPC batch that begins with ping.',
  expects: 'A refusal of the whole, 400 where batches are not taken.',
  remedies: {
    general: 'Refuse batches, which no revision since 2025-06-18 has; or judge every member before the first is done.',
    sdk1: 'It takes batches of revision 2025-03-26: refuse a body that begins with `[` before the transport, or judge every member.',
    sdk2: 'createMcpHandler refuses batches where the revision has none: nothing to do, unless code of your own in front judges the first member alone.',
    fastmcp:
      'The Python SDK refuses batches: nothing to do, unless a middleware of your own in front judges the first member alone.',
    spring: 'Refuse a body that begins with `[` in the filter that judges scopes.',
    kit: 'It judges every member before the first is done: nothing to do.',
  },
  run: (subject) =>
    withGuardedOperation(subject, async (guarded) => {
      const session = await openSession(subject, guarded.lesserToken)
      const answer = await subject.wire.send(batchOf(subject, guarded, session))
      return judgeBatch(answer, guarded)
    }),
}

/** Ids by which the members are told apart in the answer. */
const IDS = { ping: 'sallyport-ping', guarded: 'sallyport-guarded' } as const

function batchOf(
  { mcp }: ServerSubject,
  { call, lesserToken }: GuardedOperation,
  session: string | undefined,
): WireRequest {
  const ping = mcp.request({ method: 'ping', token: lesserToken }, session)
  const guarded = mcp.request({ ...call, token: lesserToken }, session)
  const members = [withId(ping, IDS.ping), withId(guarded, IDS.guarded)]
  return { ...ping, body: JSON.stringify(members) }
}

function withId({ body }: WireRequest, id: string): unknown {
  return { ...(JSON.parse(body ?? '{}') as object), id }
}

function judgeBatch(answer: WireAnswer, { name }: GuardedOperation): Finding {
  const events = [...answer.body.matchAll(/^data: ?(.*)$/gm)].map(([, data = '']) => jsonOf({ ...answer, body: data }))
  const messages = [jsonOf(answer), ...events].flat().filter(isRecord)
  const done = messages.some(({ id, result }) => id === IDS.guarded && result !== undefined)
  return done ? faulty(`${name} without its scope, in a batch: ${inWords(answer)}`) : sound(inWords(answer))
}
