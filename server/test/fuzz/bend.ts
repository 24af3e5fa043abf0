import type { KeyObject } from 'node:crypto'
import { sign } from 'node:crypto'

/** What can be done to a value that is live. The last three are for tokens. */
export const BENDS = ['flip', 'cut', 'twice', 'upper', 'nul', 'dot', 'none', 'header', 'claims', 'sign'] as const

/**
 * Bends a value that was good.
 * @param more members for the header and the claims of a token
 * @param key what the token was signed with, where that is the sender's own
 */
export function bend(value: string, how: string, more: Readonly<Record<string, unknown>>, key?: KeyObject): string {
  const middle = Math.floor(value.length / 2)
  switch (how) {
    case 'flip':
      return `${value.slice(0, middle)}${value[middle] === 'A' ? 'B' : 'A'}${value.slice(middle + 1)}`
    case 'cut':
      return value.slice(0, middle)
    case 'twice':
      return value + value
    case 'upper':
      return value.toUpperCase()
    case 'nul':
      return `${value.slice(0, middle)}\0${value.slice(middle)}`
    case 'dot':
      return `${value}.`
    default:
      return bendToken(value, how, more, key)
  }
}

function bendToken(value: string, how: string, more: Readonly<Record<string, unknown>>, key?: KeyObject): string {
  const [header = '', claims = '', signature = ''] = value.split('.')
  switch (how) {
    case 'none':
      return `${changed(header, { alg: 'none' })}.${claims}.`
    case 'header':
      return `${changed(header, more)}.${claims}.${signature}`
    case 'claims':
      return `${header}.${changed(claims, more)}.${signature}`
    case 'sign': {
      const signed = `${changed(header, more)}.${changed(claims, more)}`
      return `${signed}.${key === undefined ? signature : signatureOf(signed, key)}`
    }
    default:
      return value
  }
}

function signatureOf(text: string, key: KeyObject): string {
  return sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

function changed(part: string, more: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify({ ...membersOf(part), ...more })).toString('base64url')
}

/** Members of a part of a token, or of any JSON in base64url; none where it holds no object. */
export function membersOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}
