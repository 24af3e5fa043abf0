import { createHash } from 'node:crypto'

/** What is stored of a bearer value (session id, code, refresh token): SHA-256, so that reading the database gives nothing to use. */
export function hashId(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}
