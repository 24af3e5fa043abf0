/** Name and value of a header, as it is written on the wire; the same name may come twice. */
export type Header = readonly [name: string, value: string]

/** A request, sent exactly as it stands here. */
export interface WireRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly Header[]
  readonly body?: string
}

/** An answer, exactly as it came. */
export interface WireAnswer {
  readonly status: number
  readonly headers: readonly Header[]
  /** At most `MAX_BODY_BYTES`; of an event stream what came until it was left. */
  readonly body: string
  readonly truncated: boolean
}

/** One request and what came of it. */
export interface Exchange {
  readonly request: WireRequest
  readonly answer: WireAnswer | undefined
  /** Why there is no answer. */
  readonly error?: string
  /** Code of that error, where node, undici or OpenSSL gave it one. */
  readonly code?: string
  /** The head of an answer whose body did not come. */
  readonly begun?: Pick<WireAnswer, 'status' | 'headers'>
}

/**
 * The first value of a header.
 * @param name in any case
 */
export function headerOf(message: { readonly headers: readonly Header[] }, name: string): string | undefined {
  return headersOf(message, name)[0]
}

/** Every value of a header, in order. */
export function headersOf(message: { readonly headers: readonly Header[] }, name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return message.headers.filter(([each]) => each.toLowerCase() === wanted).map(([, value]) => value)
}

/** The body as JSON; undefined for what is none. */
export function jsonOf(answer: WireAnswer): unknown {
  try {
    return JSON.parse(answer.body)
  } catch {
    return undefined
  }
}
