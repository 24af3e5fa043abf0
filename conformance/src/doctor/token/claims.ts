import { isRecord } from '../../mcp/json-rpc.ts'

/** A JWT as anybody can read it. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** @returns undefined for a token that only its issuer can read */
export function readToken(token: string): ReadToken | undefined {
  const parts = token.split('.')
  const [header, claims] = parts.map(objectIn)
  return parts.length === 3 && header !== undefined && claims !== undefined ? { header, claims } : undefined
}

function objectIn(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
