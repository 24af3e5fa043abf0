import { type Finding, incomplete } from '../check/finding.ts'
import { isAccepted, readRpc } from '../mcp/json-rpc.ts'
import { headerOf, type WireAnswer } from '../wire/message.ts'
import { bearerParameters } from './challenge.ts'
import type { ServerSubject } from './subject.ts'

/** A token that no issuer ever made: no server has to look it up to refuse it. */
export const GARBAGE_TOKEN = 'sallyport-examine-not-a-token'

/** A client's first request: it has no token and wants to know how to get one. */
export function askWithoutToken({ mcp, wire }: ServerSubject): Promise<WireAnswer> {
  return mcp.call(wire, { method: 'tools/list' })
}

export function askWithGarbage({ mcp, wire }: ServerSubject): Promise<WireAnswer> {
  return mcp.call(wire, { method: 'tools/list', token: GARBAGE_TOKEN })
}

/** A token that was accepted and is so still; or why there is nothing to compare with. */
export type Control =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none'; readonly finding: Finding }

/**
 * Sees whether the token of the run is accepted at this moment, so that a refusal a moment later is about what was changed
 * and about nothing else.
 */
export async function controlToken({ mcp, wire, acceptedToken, whyNoToken }: ServerSubject): Promise<Control> {
  if (acceptedToken === undefined) return nothing(whyNoToken ?? 'the server accepted no token')
  const answer = await mcp.call(wire, { method: 'tools/list', token: acceptedToken })
  if (isAccepted(answer)) return { kind: 'token', token: acceptedToken }
  return nothing(`the token that was accepted before is now answered ${inWords(answer)}`)
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
