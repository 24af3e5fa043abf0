import type { Check } from '../../check/check.ts'
import { doubtful, type Finding, faulty, sound } from '../../check/finding.ts'
import type { ServerSubject } from '../subject.ts'
import { type Passage, withPassages } from './calling-downstream.ts'
import { downstreamRemedies } from './remedies.ts'
import { findToken } from './token-trace.ts'

const remedies = downstreamRemedies(
  'Never write the token that came in into a request to anybody else: exchange it for one that is for the downstream (RFC 8693), or use a credential of the server’s own.',
)

export const inboundTokenStays: Check<ServerSubject> = {
  id: 'inbound-token-stays',
  requirement: 'RS-DS-01',
  title: 'The token that came in does not reach what is behind the server',
  risk: 'Whoever runs the downstream, or reads its logs, calls this server in the name of its users; and the downstream takes orders that were meant for somebody else.',
  sends: 'The tools that --downstream-call names, each with a fresh token.',
  expects: 'Nothing of that token at the downstream: in no header, address or body, whole, in part or encoded.',
  remedies,
  run: (subject) => withPassages(subject, (passages) => judge(passages, 'the downstream')),
}

export const inboundTokenStaysWhenRefused: Check<ServerSubject> = {
  id: 'inbound-token-stays-when-refused',
  requirement: 'RS-DS-01',
  title: 'The token that came in does not leave when something behind the server refuses',
  risk: 'A fallback that tries the token of the caller turns every outage of the issuer, and every refusal, into a leak.',
  sends:
    'The tools that --downstream-call names, while the downstream answers 401; then, where the issuer is the examiner’s, while that one refuses to exchange tokens.',
  expects: 'An error of the tool, and nothing of the token at the downstream.',
  remedies,
  async run(subject) {
    const refused = await whileRefusing(subject)
    return refused.kind === 'sound' && subject.issuer !== undefined ? whileNotExchanging(subject) : refused
  },
}

async function whileRefusing(subject: ServerSubject): Promise<Finding> {
  const { service } = subject.downstream ?? {}
  service?.setRefusing(true)
  try {
    return await withPassages(subject, (passages) => judge(passages, 'the downstream, which had refused'))
  } finally {
    service?.setRefusing(false)
  }
}

async function whileNotExchanging(subject: ServerSubject): Promise<Finding> {
  subject.issuer?.setExchanging(false)
  try {
    const found = await withPassages(subject, (passages) =>
      judge(passages, 'the downstream, when its issuer did not exchange it'),
    )
    // Without a token for it, a sound server does not call the downstream at all.
    return found.kind === 'incomplete'
      ? sound('nothing of the token arrived, and nothing at all without exchange')
      : found
  } finally {
    subject.issuer?.setExchanging(true)
  }
}

function judge(passages: readonly Passage[], whom: string): Finding {
  const traces = passages.flatMap(({ inbound, reached }) => findToken(inbound, reached) ?? [])
  const [trace] = traces.toSorted(
    (one, other) => Number(other.kind === 'credential') - Number(one.kind === 'credential'),
  )
  if (trace === undefined) return sound(`${passages.length} calls, and nothing of the token arrived`)
  return trace.kind === 'credential'
    ? faulty(`the token that came in reached ${whom}, in ${trace.where}`)
    : doubtful(`the claims of the token that came in reached ${whom} as the token has them, in ${trace.where}`)
}
