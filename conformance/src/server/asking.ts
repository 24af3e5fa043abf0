import { type Finding, incomplete } from '../check/finding.ts'
import { readCompact } from '../issuer/compact.ts'
import { isAccepted, readRpc } from '../mcp/json-rpc.ts'
import { isStateless } from '../mcp/revision.ts'
import { headerOf, type WireAnswer } from '../wire/message.ts'
import { bearerParameters } from './challenge.ts'
import { soundPart } from './sound-part.ts'
import type { ServerSubject } from './subject.ts'

/** A token that no issuer ever made: no server has to look it up to refuse it. */
export const GARBAGE_TOKEN = 'sallyport-examine-not-a-token'

/** For how long an accepted control stands for the checks that follow: it halves what a run sends. Milliseconds. */
export const CONTROL_GOOD_FOR_MS = 5_000
/** A control that ends within a check would be refused for the wrong reason. Seconds. */
const CONTROL_MARGIN_SECONDS = 30
const TOO_MANY_REQUESTS = 429

/** A client's first request: it has no token and wants to know how to get one. Asked once a run. */
export function askWithoutToken({ mcp, wire }: ServerSubject): Promise<WireAnswer> {
  return wire.once('tools/list without a token', () => mcp.call(wire, { method: 'tools/list' }), { keep: isLasting })
}

/** Asked once a run. */
export function askWithGarbage({ mcp, wire }: ServerSubject): Promise<WireAnswer> {
  const ask = (): Promise<WireAnswer> => mcp.call(wire, { method: 'tools/list', token: GARBAGE_TOKEN })
  return wire.once('tools/list with a token that is none', ask, { keep: isLasting })
}

/** An answer that would come again: neither an outage nor the limit of a rate. */
export function isLasting(answer: WireAnswer): boolean {
  return !isOutage(answer) && answer.status !== TOO_MANY_REQUESTS
}

/** Opens a session where the revision has them. @throws Unanswered */
export async function openSession({ mcp, wire }: ServerSubject, token: string): Promise<string | undefined> {
  return isStateless(mcp.revision) ? undefined : (await mcp.open(wire, token)).session
}

/** A token that was accepted and is so still; or why there is nothing to compare with. */
export type Control =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none'; readonly finding: Finding }

/**
 * Sees whether the token of the run is accepted at this moment, so that a refusal a moment later is about what was changed
 * and about nothing else.
 */
export async function controlToken(subject: ServerSubject): Promise<Control> {
  const { mcp, wire, acceptedToken, whyNoToken } = subject
  if (acceptedToken === undefined) return nothing(whyNoToken ?? 'the server accepted no token')
  const ask = async (): Promise<{ token: string; answer: WireAnswer }> => {
    const token = await currentToken(subject, acceptedToken)
    return { token, answer: await mcp.call(wire, { method: 'tools/list', token }) }
  }
  const keep = ({ answer }: { answer: WireAnswer }): boolean => isAccepted(answer)
  const { token, answer } = await wire.once('a sound token', ask, { goodForMs: CONTROL_GOOD_FOR_MS, keep })
  if (isAccepted(answer)) return { kind: 'token', token }
  return nothing(`the token that was accepted before is now answered ${inWords(answer)}`)
}

/** The accepted token, or one like it when that is about to end. */
async function currentToken({ issuer, audience }: ServerSubject, acceptedToken: string): Promise<string> {
  const expiry = Number(readCompact(acceptedToken)?.claims.exp)
  if (issuer === undefined || expiry > Date.now() / 1000 + CONTROL_MARGIN_SECONDS) return acceptedToken
  return issuer.mint(audience, soundPart({ acceptedToken }))
}

const nothing = (reason: string): Control => ({ kind: 'none', finding: incomplete(reason) })

/** An answer as a finding names it: status, and what is most telling about it. */
export function inWords(answer: WireAnswer): string {
  const error = bearerParameters(answer)?.get('error')
  if (error !== undefined) return `${answer.status} ${error}`
  const rpc = readRpc(answer)
  if (rpc?.kind === 'result') return `${answer.status} with a result`
  if (rpc?.kind === 'error') return `${answer.status} with JSON-RPC error ${rpc.code}`
  const location = headerOf(answer, 'location')
  return location === undefined ? String(answer.status) : `${answer.status} to ${location}`
}

/** Refused for the credentials, in one of the ways a sound server has. */
export function isRefusedForCredentials({ status }: WireAnswer): boolean {
  return status === 400 || status === 401
}

export function isOutage({ status }: WireAnswer): boolean {
  return status >= 500
}

/** The loopback addresses of RFC 8252, and the name for them. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
