import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AuthInfo, authInfoOf } from '../access.ts'
import type { Admission } from '../admit.ts'
import { timerMilliseconds } from '../http/stream-expiry.ts'
import { hideAuthorization } from './node-headers.ts'
import type { NodeRequest } from './node-message.ts'

/** Node's request behind the guard. The SDKs' transports take it as it is. */
export type GuardedRequest = IncomingMessage & {
  method: string
  url: string
  /** Who calls; absent only for `server/discover` under `publicDiscovery`. */
  auth?: AuthInfo
  /** The judged body of a POST. */
  body?: unknown
}

/**
 * Makes node's request and response what the server behind the guard may see: the judged body, who calls, and no token.
 *
 * @param pass what the guard decided
 * @param req the request that is handed on
 * @param res its response, which gets the guard's headers and ends with the token if it is a subscription
 * @returns the same request
 */
export function passOn(
  pass: Extract<Admission, { kind: 'pass' }>,
  req: NodeRequest,
  res: ServerResponse,
): GuardedRequest {
  for (const [name, value] of Object.entries(pass.responseHeaders)) {
    if (name === 'vary') res.appendHeader(name, value)
    else res.setHeader(name, value)
  }
  hideAuthorization(req)
  // Whoever wrote these before did not verify or judge anything.
  if (pass.access === undefined) delete req.auth
  else req.auth = authInfoOf(pass.access)
  req.body = pass.body
  if (pass.streamSecondsLeft !== undefined) endAfter(pass.streamSecondsLeft, res)
  return req as GuardedRequest
}

function endAfter(seconds: number, res: ServerResponse): void {
  const timer = setTimeout(() => res.destroy(), timerMilliseconds(seconds))
  res.once('close', () => clearTimeout(timer))
}

/**
 * Answers a node request with what the guard answered.
 *
 * @param response a response with a short body, or undefined for a request that could not even be judged
 * @param res where it goes
 */
export async function sendWebResponse(response: Response | undefined, res: ServerResponse): Promise<void> {
  if (response === undefined) return void res.writeHead(400).end()
  res.writeHead(response.status, Object.fromEntries(response.headers))
  res.end(await response.text())
}
