import { headersOf, type WireAnswer } from '../wire/message.ts'

/**
 * Reads the parameters of the first Bearer challenge, as tolerantly as a client does; how strictly it is written is for
 * checks to say.
 * @returns parameters by lower-case name; undefined when there is no Bearer challenge
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function bearerParameters(answer: WireAnswer): ReadonlyMap<string, string> | undefined {
  for (const value of headersOf(answer, 'www-authenticate')) {
    const start = /(?:^|,\s*|\s)bearer(?=\s|,|$)/i.exec(value)
    if (start === null) continue
    return parametersIn(value.slice(start.index + start[0].length))
  }
  return undefined
}

const PARAMETER = /([A-Za-z0-9_.-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g

function parametersIn(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let end = 0
  for (const match of text.matchAll(PARAMETER)) {
    // A word between two parameters that is followed by a space begins the challenge of another scheme.
    if (/[A-Za-z]+\s*$/.test(text.slice(end, match.index).replace(/^[\s,]+/, '')) && end > 0) break
    end = match.index + match[0].length
    const [, name = '', quoted, bare = ''] = match
    const key = name.toLowerCase()
    if (!found.has(key)) found.set(key, quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1'))
  }
  return found
}

/** Scopes of a space-separated list. */
export function scopesIn(list: string | undefined): readonly string[] {
  return (list ?? '').split(/\s+/).filter((scope) => scope !== '')
}
