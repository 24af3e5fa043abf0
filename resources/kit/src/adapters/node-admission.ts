import type { ServerResponse } from 'node:http'
import { authInfoOf } from '../access.ts'
import type { Admission } from '../admit.ts'
import { timerMilliseconds } from '../http/stream-expiry.ts'
import type { GuardedRequest, NodeRequest } from './node-message.ts'

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
 * Takes the token off a request, in each of the three shapes in which node shows headers.
 *
 * @param req the request that is handed on
 */
export function hideAuthorization(req: NodeRequest): void {
  delete req.headers.authorization
  // Asked for before the raw headers change, from which node makes it on first use. HTTP/2 requests have none.
  delete req.headersDistinct?.authorization
  const { rawHeaders } = req
  for (let at = rawHeaders.length - (rawHeaders.length % 2) - 2; at >= 0; at -= 2) {
    // In place, because HTTP/2 requests have no setter for it.
    if (rawHeaders[at]?.toLowerCase() === 'authorization') rawHeaders.splice(at, 2)
  }
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
