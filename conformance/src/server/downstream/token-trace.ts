import { readCompact } from '../../issuer/compact.ts'
import type { WireRequest } from '../../wire/message.ts'

/** Where a token, or a part of it, was found in a request. */
export interface TokenTrace {
  /** `credential`: what makes the token good. `claims`: what it says, which alone opens nothing. */
  readonly kind: 'credential' | 'claims'
  /** In words, without the value. */
  readonly where: string
}

/** A part this long is found in nothing else by chance. */
const WINDOW = 32
/** Texts in base64 or hex that could hold a part of a token. */
const ENCODED = /[A-Za-z0-9+/_-]{40,}/g
/** A token may be wrapped more than once; deeper than this nobody wraps. */
const DEPTH = 2

/** Looks for a token in everything that a request consists of: as it is, in pieces, and encoded. */
export function findToken(token: string, requests: readonly WireRequest[]): TokenTrace | undefined {
  const traces = requests.flatMap((request) => tracesIn(token, request))
  return traces.find(({ kind }) => kind === 'credential') ?? traces[0]
}

function tracesIn(token: string, { url, headers, body }: WireRequest): readonly TokenTrace[] {
  const { credential, claims } = partsOf(token)
  const places: readonly (readonly [where: string, text: string])[] = [
    ...headers.map(([name, value]) => [`the header ${name}`, value] as const),
    ['the address', decoded(url)],
    ['the body', body ?? ''],
    // Cut up over several headers, it lies in none of them whole.
    ['its headers, one after the other', headers.map(([, value]) => value).join('')],
  ]
  return places.flatMap(([where, text]): readonly TokenTrace[] => {
    if (holds(text, windowsOf(credential))) return [{ kind: 'credential', where }]
    // Whole alone: tokens of one issuer begin alike.
    return claims !== undefined && holds(text, [claims]) ? [{ kind: 'claims', where }] : []
  })
}

/** The signature of a JWT is what makes it good, and is in no other token; of any other token all of it counts. */
function partsOf(token: string): { readonly credential: string; readonly claims: string | undefined } {
  const [, claims, signature = ''] = token.split('.')
  if (readCompact(token) === undefined || signature === '') return { credential: token, claims: undefined }
  return { credential: signature, claims }
}

function holds(text: string, parts: readonly string[], depth = DEPTH): boolean {
  const lower = text.toLowerCase()
  if (parts.some((part) => text.includes(part) || lower.includes(hexOf(part)))) return true
  const runs = depth === 0 ? [] : (text.match(ENCODED) ?? [])
  return runs.some((run) => holds(Buffer.from(run, 'base64').toString('latin1'), parts, depth - 1))
}

function windowsOf(part: string): readonly string[] {
  if (part.length <= WINDOW) return [part]
  return Array.from({ length: part.length - WINDOW + 1 }, (_, at) => part.slice(at, at + WINDOW))
}

function hexOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}
