/** Arguments of tools nest a handful of levels; a thousand brackets are an attack on recursive readers. */
export const MAX_JSON_DEPTH = 128

export type JsonText =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly detail: 'not JSON' | 'a key occurs twice' | 'nested too deeply' }

/**
 * Parses JSON that other parsers will read as well. Text that two parsers could read differently is refused: with
 * `{"name":"a","name":"b"}` one reader would judge a call of `a` and another would run `b`.
 *
 * @param text the body of a request
 * @see {@link https://www.rfc-editor.org/rfc/rfc8259#section-4 RFC 8259 §4}
 */
export function parseJsonText(text: string): JsonText {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ok: false, detail: 'not JSON' }
  }
  const detail = ambiguityOf(text)
  return detail === undefined ? { ok: true, value } : { ok: false, detail }
}

type Token = { readonly kind: 'open' | 'close' } | { readonly kind: 'key'; readonly key: string }

function ambiguityOf(text: string): 'a key occurs twice' | 'nested too deeply' | undefined {
  const open: Set<string>[] = []
  for (const token of structureOf(text)) {
    if (token.kind === 'close') open.pop()
    else if (token.kind === 'key') {
      const keys = open.at(-1)
      if (keys?.has(token.key)) return 'a key occurs twice'
      keys?.add(token.key)
    } else open.push(new Set())
    if (open.length > MAX_JSON_DEPTH) return 'nested too deeply'
  }
  return undefined
}

// The text is valid JSON here, so brackets and strings are all there is to look at.
function* structureOf(text: string): Generator<Token> {
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '{' || character === '[') yield { kind: 'open' }
    else if (character === '}' || character === ']') yield { kind: 'close' }
    else if (character === '"') {
      const end = endOfString(text, at)
      // Parsed, because "na\u006de" and "name" are one key.
      if (isFollowedByColon(text, end)) yield { kind: 'key', key: JSON.parse(text.slice(at, end)) }
      at = end - 1
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function isFollowedByColon(text: string, from: number): boolean {
  let at = from
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1
  return text[at] === ':'
}
