import { type Finding, incomplete, notApplicable } from '../../check/finding.ts'
import type { HostileIssuer } from '../../issuer/hostile-issuer.ts'
import { isSuccess } from '../../mcp/json-rpc.ts'
import type { McpCall } from '../../mcp/speaker.ts'
import type { WireAnswer } from '../../wire/message.ts'
import { CONTROL_GOOD_FOR_MS, controlToken, inWords } from '../asking.ts'
import { bearerParameters, scopesIn } from '../challenge.ts'
import type { ServerSubject } from '../subject.ts'

/** More calls than these would tell nothing new. */
const CALLS_MAX = 3

/** Something that the server refuses to a token without scopes, and does for the accepted one. */
export interface GuardedOperation {
  readonly call: McpCall
  /** What the refusal was about. */
  readonly name: string
  /** Sound in everything, and without scopes. */
  readonly bareToken: string
  readonly fullToken: string
  /** With the scopes of the first thing that was refused, where the operation is refused to it too; else the bare one. */
  readonly lesserToken: string
  readonly refusal: WireAnswer
  readonly issuer: HostileIssuer
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
  const { issuer, wire } = subject
  if (issuer === undefined) return notApplicable('a token without scopes is one that only the issuer can make')
  const control = await controlToken(subject)
  if (control.kind === 'none') return control.finding
  const find = (): Promise<GuardedOperation | Finding> => findGuarded(subject, issuer, control.token)
  const keep = (found: GuardedOperation | Finding): boolean => !('kind' in found) || found.kind === 'not-applicable'
  const found = await wire.once('what needs a scope', find, { goodForMs: CONTROL_GOOD_FOR_MS, keep })
  return 'kind' in found ? found : question(found)
}

async function findGuarded(
  subject: ServerSubject,
  issuer: HostileIssuer,
  fullToken: string,
): Promise<GuardedOperation | Finding> {
  const { audience, mcp, wire } = subject
  const bareToken = await issuer.mint(audience, { claims: { scope: undefined } })
  let found: Omit<GuardedOperation, 'lesserToken'> | undefined
  let listed: readonly string[] = []
  for (const { name, call } of operationsOf(subject)) {
    const refusal = await mcp.call(wire, { ...call, token: bareToken })
    if (isSuccess(refusal)) continue
    if (refusal.status !== 403) return incomplete(`a token without scopes is answered ${inWords(refusal)} for ${name}`)
    // A call comes after the list and mostly needs more than it: the last one found tells most.
    if (found === undefined) listed = scopesIn(bearerParameters(refusal)?.get('scope'))
    found = { call, name, bareToken, fullToken, refusal, issuer }
  }
  if (found !== undefined) return { ...found, lesserToken: await lesserToken(subject, found, listed) }
  const only = subject.allowedCalls.length === 0 ? ' (--call names a tool that may be called)' : ''
  return notApplicable(`nothing that the run may ask for needs a scope${only}`)
}

/** A token that may do what is asked for first and not the operation: a forged header or a batch would make it pass. */
async function lesserToken(
  { mcp, wire, audience }: ServerSubject,
  { issuer, call, bareToken }: Omit<GuardedOperation, 'lesserToken'>,
  scopes: readonly string[],
): Promise<string> {
  if (scopes.length === 0) return bareToken
  const token = await issuer.mint(audience, { claims: { scope: scopes.join(' ') } })
  return (await mcp.call(wire, { ...call, token })).status === 403 ? token : bareToken
}
