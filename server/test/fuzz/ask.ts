/** A name and a value, written as `encoded` says. */
export type Pair = readonly [name: string, value: string]

/** One request, before what is live in it is put in: `{code}` stands for a code of this moment, `{code|flip}` for a bent one. */
export interface Ask {
  readonly method: string
  /** Below the issuer. */
  readonly path: string
  readonly query?: readonly Pair[]
  readonly headers?: readonly Pair[]
  readonly type?: string
  readonly form?: readonly Pair[]
  readonly json?: unknown
  /** A body byte for byte, a character each. */
  readonly text?: string
  readonly framing?: 'chunked' | 'cut short' | 'twice' | 'none'
  /** Address of the client document that the request names: `json` or `text` is what it holds, and no body. */
  readonly document?: string
  /** Sent to the server whose registrations need the operator's token. */
  readonly closed?: boolean
  /** What of the ground is used up when this was taken. */
  readonly spends?: readonly string[]
}

export const FORM = 'application/x-www-form-urlencoded'
export const JSON_TYPE = 'application/json'

const BODY = 'raw:'

/** Writes a value for a query or a form: percent-encoded, halves of surrogates too, or as it is after `raw:`. */
export function encoded(value: string): string {
  if (value.startsWith(BODY)) return value.slice(BODY.length)
  return [...value]
    .map((character) => (isHalf(character) ? halfEncoded(character) : encodeURIComponent(character)))
    .join('')
}

function isHalf(character: string): boolean {
  return character.length === 1 && /[\ud800-\udfff]/.test(character)
}

// What UTF-8 has no form for, in the form it would have.
function halfEncoded(character: string): string {
  const code = character.charCodeAt(0)
  return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)]
    .map((byte) => `%${byte.toString(16)}`)
    .join('')
}

function written(pairs: readonly Pair[] = []): string {
  return pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&')
}

/** Whether a request has a header of this name, in lower case, already. */
export function hasHeader({ headers = [] }: Ask, wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted)
}

/** The bytes of a request as they go over the wire. @param host of the Host header, unless the request has one of its own */
export function bytesOf(ask: Ask, basePath: string, host: string): Buffer {
  const query = written(ask.query)
  const target = ask.path.startsWith('http') ? ask.path : basePath + ask.path
  const body = bodyOf(ask)
  const own: readonly Pair[] = [
    ...(hasHeader(ask, 'host') ? [] : [['Host', host] as const]),
    ...(ask.type === undefined ? [] : [['Content-Type', ask.type] as const]),
    ...(ask.headers ?? []),
    ['Connection', 'close'],
    ...framingOf(ask, body),
  ]
  const head = [
    `${ask.method} ${target}${query === '' ? '' : `?${query}`} HTTP/1.1`,
    ...own.map(([name, value]) => `${name}: ${value}`),
  ]
  const sent = ask.framing === 'chunked' ? chunked(body) : body
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), sent])
}

function bodyOf({ form, json, text }: Ask): Buffer {
  if (text !== undefined) return Buffer.from(text, 'latin1')
  if (json !== undefined) return Buffer.from(JSON.stringify(json) ?? '')
  return Buffer.from(written(form), 'latin1')
}

// More than follows: the sender hangs up in the middle.
const MISSING_BYTES = 100

function framingOf({ framing }: Ask, { length }: Buffer): readonly Pair[] {
  switch (framing) {
    case 'chunked':
      return [['Transfer-Encoding', 'chunked']]
    case 'cut short':
      return [['Content-Length', String(length + MISSING_BYTES)]]
    case 'twice':
      return [
        ['Content-Length', String(length)],
        ['Transfer-Encoding', 'chunked'],
      ]
    case 'none':
      return []
    default:
      return length === 0 ? [] : [['Content-Length', String(length)]]
  }
}

const CHUNK_BYTES = 1_000

function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    const part = body.subarray(at, at + CHUNK_BYTES)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
