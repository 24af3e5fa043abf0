const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const QUOTED = /"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t \x21-\x7e])*"/y
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=[ \t]*(?:,|$))/y
const SPACE = /[ \t]+/y
const EQUALS = /[ \t]*=[ \t]*/y
const COMMA = /[ \t]*,[ \t,]*/y

/**
 * Reads a WWW-Authenticate value to the letter.
 * @returns what is wrong with it, in words; undefined when nothing is
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function grammarFault(value: string): string | undefined {
  if (/[^\t\x20-\x7e]/.test(value)) return 'a character that is not ASCII text'
  const reader = createReader(value)
  const names = new Set<string>()
  while (!reader.atEnd()) {
    const fault = memberFault(reader, names)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * Reads one member of the list: a parameter, or the name of a scheme with what stands directly behind it.
 * @param names of the parameters of the scheme before
 */
function memberFault(reader: Reader, names: Set<string>): string | undefined {
  const word = reader.take(TOKEN)
  if (word === undefined) return `no name at "${reader.rest()}"`
  if (reader.take(EQUALS) === undefined) return schemeFault(reader, word, names)
  if ((reader.take(QUOTED) ?? reader.take(TOKEN)) === undefined) {
    return `the value of ${word} is neither quoted whole nor one word`
  }
  const name = word.toLowerCase()
  if (names.has(name)) return `${word} stands there twice`
  names.add(name)
  return commaFault(reader, word)
}

function schemeFault(reader: Reader, scheme: string, names: Set<string>): string | undefined {
  names.clear()
  const isSpaced = reader.take(SPACE) !== undefined
  // Behind the space stand parameters, which are the next members, or one value alone.
  if (isSpaced && reader.take(TOKEN68) === undefined) return undefined
  return commaFault(reader, scheme)
}

interface Reader {
  take(pattern: RegExp): string | undefined
  atEnd(): boolean
  rest(): string
}

const REST_SHOWN = 24

function createReader(value: string): Reader {
  const text = value.trim()
  let at = 0
  return {
    take(pattern) {
      pattern.lastIndex = at
      const found = pattern.exec(text)?.[0]
      if (found !== undefined) at += found.length
      return found
    },
    atEnd: () => at >= text.length,
    rest: () => text.slice(at, at + REST_SHOWN),
  }
}

function commaFault(reader: Reader, word: string): string | undefined {
  if (reader.atEnd() || reader.take(COMMA) !== undefined) return undefined
  return `no comma after ${word}, at "${reader.rest()}"`
}
