import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, incomplete, notApplicable, sound } from '../../check/finding.ts'
import { initializeParams } from '../../mcp/http-speaker.ts'
import { isStateless } from '../../mcp/revision.ts'
import { headerOf } from '../../wire/message.ts'
import { controlToken } from '../asking.ts'
import type { ServerSubject } from '../subject.ts'

const SESSIONS = 3
/** Others may open sessions meanwhile. */
const STEP_MAX = 8
/** Fewer characters than these are tried out in a day. */
const LENGTH_MIN = 11

export const sessionIds: Check<ServerSubject> = {
  id: 'session-ids-unguessable',
  requirement: 'RS-TR-16',
  title: 'The ids of sessions cannot be guessed',
  risk: 'Where a session stands for more than it should, whoever counts on from their own id is in the session of somebody else.',
  sends: `initialize, ${SESSIONS} times.`,
  expects: 'Ids that do not follow from each other, of 64 random bits at least.',
  remedies: {
    general: 'Take a random UUID, or 16 random bytes, from the cryptographic source of the platform.',
    sdk1: 'Pass `sessionIdGenerator: () => randomUUID()` to StreamableHTTPServerTransport.',
    sdk2: 'createMcpHandler has no sessions; where NodeStreamableHTTPServerTransport is used, pass `sessionIdGenerator: () => randomUUID()`.',
    fastmcp: 'It takes `uuid4().hex`: nothing to do.',
    spring: 'Its transports take `UUID.randomUUID()`: nothing to do.',
    kit: 'It makes no sessions; the SDK behind it does, see there.',
  },
  async run(subject) {
    const { mcp, wire } = subject
    if (isStateless(mcp.revision)) return notApplicable('the revision has no sessions')
    const control = await controlToken(subject)
    if (control.kind === 'none') return control.finding
    const ids: string[] = []
    for (let each = 0; each < SESSIONS; each += 1) {
      const call = { method: 'initialize', params: initializeParams(mcp.revision), token: control.token }
      const session = headerOf(await wire.send(mcp.request(call)), 'mcp-session-id')
      if (session === undefined)
        return each === 0 ? notApplicable('the server has no sessions') : incomplete('not every session got an id')
      ids.push(session)
    }
    return judge(ids)
  },
}

function judge(ids: readonly string[]): Finding {
  if (new Set(ids).size < ids.length) return faulty('two sessions have the same id')
  const steps = stepsBetween(ids)
  if (steps?.every((step) => step > 0 && step <= STEP_MAX) === true)
    return faulty(`each id is the one before and ${[...new Set(steps)].join(' or ')} more`)
  const shortest = Math.min(...ids.map(({ length }) => length))
  return shortest < LENGTH_MIN
    ? doubtful(`ids of ${shortest} characters`)
    : sound('ids that do not follow from each other')
}

/** Differences of the numbers that ids end with, where they are alike but for these. */
function stepsBetween(ids: readonly string[]): readonly number[] | undefined {
  const parts = ids.map((id) => /^(.*?)(\d+)$/.exec(id))
  const [first] = parts
  if (parts.some((part) => part === null || part[1] !== first?.[1])) return undefined
  const numbers = parts.map((part) => Number(part?.[2]))
  return numbers.slice(1).map((number, at) => number - (numbers[at] ?? 0))
}
