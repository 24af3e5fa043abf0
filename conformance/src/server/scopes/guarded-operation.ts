import { type Finding, incomplete, notApplicable } from '../../check/finding.ts'
import { isSuccess } from '../../mcp/json-rpc.ts'
import type { McpCall } from '../../mcp/speaker.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { CONTROL_GOOD_FOR_MS, controlToken, inWords } from '../asking.ts'
import { bearerParameters, scopesIn } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'
import { type ScopedTokens, scopedTokens } from './scoped-tokens.ts'

/** The one tool that may be called without leave, because no server has it. */
export const NO_SUCH_TOOL = 'sallyport_examine_no_such_tool'

/** More calls than these would tell nothing new. */
const CALLS_MAX = 3

/** Something that the server refuses to a token with few scopes or none, and does for the accepted one. */
export interface GuardedOperation {
  readonly call: McpCall
  /** What the refusal was about. */
  readonly name: string
  /** Sound in everything, and with few scopes or none. */
  readonly bareToken: string
  readonly fullToken: string
  /** With the scopes of the first thing that was refused, where the operation is refused to it too; else the bare one. */
  readonly lesserToken: string
  readonly refusal: WireAnswer
  readonly source: ScopedTokens
}

/** What the run may ask for: the list of tools, which is harmless, then the calls that the operator allowed. */
export function operationsOf({ allowedCalls }: ServerSubject): readonly { name: string; call: McpCall }[] {
  const calls = allowedCalls.slice(0, CALLS_MAX).map(({ tool, args }) => ({
    name: `tools/call of ${tool}`,
    call: { method: 'tools/call', params: { name: tool, arguments: args } },
  }))
  return [{ name: 'tools/list', call: { method: 'tools/list' } }, ...calls]
}

/**
 * Finds an operation that needs a scope, and asks a question about it.
 * @param question only asked when there is one
 */
export async function withGuardedOperation(
  subject: ServerSubject,
  question: (guarded: GuardedOperation) => Promise<Finding>,
): Promise<Finding> {
  const source = scopedTokens(subject)
  if (source === undefined) return notApplicable('a token without scopes is one that only the issuer can make')
  const control = await controlToken(subject)
  if (control.kind === 'none') return control.finding
  const find = (): Promise<GuardedOperation | Finding> => searchGuarded(subject, source, control.token)
  const keep = (found: GuardedOperation | Finding): boolean => !('kind' in found) || found.kind === 'not-applicable'
  const found = await subject.wire.once('what needs a scope', find, { goodForMs: CONTROL_GOOD_FOR_MS, keep })
  return 'kind' in found ? found : question(found)
}

/** Tries tokens that may do little, until something is refused to one. */
async function searchGuarded(
  subject: ServerSubject,
  source: ScopedTokens,
  fullToken: string,
): Promise<GuardedOperation | Finding> {
  const whyNot: string[] = []
  for await (const bare of source.least()) {
    const found =
      bare.kind === 'none' ? undefined : await findGuarded(subject, { bareToken: bare.token, fullToken, source })
    if (found !== undefined) return found
    if (bare.kind === 'none') whyNot.push(bare.why)
  }
  if (whyNot.length > 0) return notApplicable(`a token with fewer scopes is not to be had: ${whyNot.join('; ')}`)
  const only = subject.allowedCalls.length === 0 ? ' (--call names a tool that may be called)' : ''
  return notApplicable(`nothing that the run may ask for needs a scope${only}`)
}

type Tokens = Pick<GuardedOperation, 'bareToken' | 'fullToken' | 'source'>
async function findGuarded(subject: ServerSubject, tokens: Tokens): Promise<GuardedOperation | Finding | undefined> {
  const { mcp, wire, issuer } = subject
  let found: Omit<GuardedOperation, 'lesserToken'> | undefined
  let listed: readonly string[] = []
  for (const { name, call } of operationsOf(subject)) {
    const refusal = await mcp.call(wire, { ...call, token: tokens.bareToken })
    if (isSuccess(refusal)) continue
    if (refusal.status !== 403) {
      const reason = `a token with ${issuer === undefined ? 'few' : 'no'} scopes is answered ${inWords(refusal)} for ${name}`
      return incomplete(reason)
    }
    // A real person may be refused for what no scope cures; then it says nothing about scopes.
    if (issuer === undefined && !isSuccess(await mcp.call(wire, { ...call, token: tokens.fullToken }))) continue
    // A call comes after the list and mostly needs more than it: the last one found tells most.
    if (found === undefined) listed = scopesIn(bearerParameters(refusal)?.get('scope'))
    found = { call, name, refusal, ...tokens }
  }
  return found && { ...found, lesserToken: await lesserToken(subject, found, listed) }
}

/** A token that may do what is asked for first and not the operation: a forged header or a batch would make it pass. */
async function lesserToken(
  { mcp, wire }: ServerSubject,
  { source, call, bareToken }: Omit<GuardedOperation, 'lesserToken'>,
  scopes: readonly string[],
): Promise<string> {
  const lesser = scopes.length === 0 ? undefined : await source.exactly(scopes)
  if (lesser?.kind !== 'token') return bareToken
  return (await mcp.call(wire, { ...call, token: lesser.token })).status === 403 ? lesser.token : bareToken
}
