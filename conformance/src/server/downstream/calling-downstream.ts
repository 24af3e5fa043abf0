import { type Finding, incomplete, notApplicable } from '../../check/finding.ts'
import type { TokenExchange } from '../../issuer/exchange.ts'
import type { WireAnswer, WireRequest } from '../../wire/message.ts'
import { inWords } from '../asking.ts'
import { bearerParameters, scopesIn } from '../challenge.ts'
import { soundPart } from '../sound-part.ts'
import type { AllowedCall, DownstreamPart, ServerSubject } from '../subject.ts'

const NOT_SET_UP =
  'the server was not set up to call a downstream of the examiner: tell it {downstream} by --env, or name --downstream-port, and name a tool that reaches it by --downstream-call'
const NO_CALL =
  'no tool that reaches the downstream was named: --downstream-call tool=json names one that may be called'

/** One call of a tool, and what came of it behind the server. */
export interface Passage {
  /** The token that the tool was called with. */
  readonly inbound: string
  readonly answer: WireAnswer
  readonly reached: readonly WireRequest[]
  /** Exchanges at the examiner's issuer meanwhile. */
  readonly exchanges: readonly TokenExchange[]
}

/**
 * Calls each tool that reaches the downstream, with a fresh token where there can be one, so that nothing kept from an
 * earlier call answers.
 */
export async function withPassages(
  subject: ServerSubject,
  question: (passages: readonly Passage[], downstream: DownstreamPart) => Finding | Promise<Finding>,
): Promise<Finding> {
  const { downstream } = subject
  if (downstream === undefined) return notApplicable(NOT_SET_UP)
  if (downstream.calls.length === 0) return notApplicable(NO_CALL)
  if (subject.acceptedToken === undefined) return incomplete(subject.whyNoToken ?? 'the server accepted no token')
  const passages: Passage[] = []
  for (const call of downstream.calls) passages.push(await callOnce(subject, downstream, call))
  if (passages.some(({ reached }) => reached.length > 0)) return question(passages, downstream)
  const answers = downstream.calls.map(({ tool }, at) => `${tool} was answered ${wordsOf(passages[at])}`).join(', ')
  return incomplete(`nothing reached the downstream at ${downstream.service.url}: ${answers}`)
}

function wordsOf(passage: Passage | undefined): string {
  return passage === undefined ? 'nothing' : inWords(passage.answer)
}

async function callOnce(subject: ServerSubject, { service }: DownstreamPart, call: AllowedCall): Promise<Passage> {
  const { issuer } = subject
  const before = { reached: service.reached.length, exchanges: issuer?.exchanges.length ?? 0 }
  const inbound = await freshToken(subject)
  const first = await send(subject, call, inbound)
  const retried = await withScopesOf(subject, first)
  const sent = retried === undefined ? inbound : retried
  return {
    inbound: sent,
    answer: retried === undefined ? first : await send(subject, call, retried),
    reached: service.reached.slice(before.reached),
    exchanges: issuer?.exchanges.slice(before.exchanges) ?? [],
  }
}

function send({ mcp, wire }: ServerSubject, { tool, args }: AllowedCall, token: string): Promise<WireAnswer> {
  return mcp.call(wire, { method: 'tools/call', params: { name: tool, arguments: args }, token })
}

async function freshToken(subject: ServerSubject): Promise<string> {
  const { issuer, audience, acceptedToken = '' } = subject
  return issuer === undefined ? acceptedToken : issuer.mint(audience, soundPart(subject))
}

/** A token with what the refusal asks for; undefined where it asks for nothing that can be given. */
async function withScopesOf(subject: ServerSubject, refusal: WireAnswer): Promise<string | undefined> {
  const asked = refusal.status === 403 ? scopesIn(bearerParameters(refusal)?.get('scope')) : []
  if (asked.length === 0 || subject.issuer === undefined) return undefined
  const { claims, header } = soundPart(subject)
  const scope = [...new Set([...scopesIn(String(claims.scope ?? '')), ...asked])].join(' ')
  return subject.issuer.mint(subject.audience, { header, claims: { ...claims, scope } })
}
