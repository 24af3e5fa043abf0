import { randomBytes } from 'node:crypto'

// 96 random bits: an id that nobody can guess, short enough to read out.
const BYTES = 12

/** An id that joins what a caller is told with what the operator's log says. */
export function newCorrelationId(): string {
  return `req_${randomBytes(BYTES).toString('base64url')}`
}
