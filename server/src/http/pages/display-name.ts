/** Longest name shown: longer ones push the facts that were verified out of sight. */
const DISPLAY_NAME_LENGTH = 64
/** Read no more than this of a name before normalising: NFKC makes some characters 18 times as long. */
const RAW_NAME_LENGTH = 1024
/** Scripts need up to four marks on a letter; hundreds paint over the lines above ("Zalgo"). */
const EXCESS_MARKS = /(\p{M}{4})\p{M}+/gu
/**
 * Zero-width and bidirectional characters, fillers and tags: they make two names look the same, or one read backwards.
 * U+2800 is a blank that Unicode counts as a visible symbol.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu
/** Controls, lone surrogates, private use, unassigned: nothing of a name, and drawn differently by each font. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu
const WHITESPACE = /\s+/gu
const ELLIPSIS = '…'
const UNNAMED = 'unnamed app'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

function shorten(name: string): string {
  if (name.length <= DISPLAY_NAME_LENGTH) return name
  let shortened = ''
  for (const { segment } of graphemes.segment(name)) {
    if (shortened.length + segment.length > DISPLAY_NAME_LENGTH - ELLIPSIS.length) break
    shortened += segment
  }
  return shortened.trimEnd() + ELLIPSIS
}

function clean(name: string): string {
  const visible = name
    .slice(0, RAW_NAME_LENGTH)
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(WHITESPACE, ' ')
    .replace(UNPRINTABLE, '')
    .replace(EXCESS_MARKS, '$1')
  // Taking characters out can leave two blanks side by side, or pieces that compose.
  return shorten(visible.normalize('NFKC').replace(WHITESPACE, ' ').trim())
}

/**
 * A name as it may be shown to a person: NFKC, one line, without control, zero-width and bidirectional characters,
 * at most 64 UTF-16 code units; a longer one ends in "…". Pure and idempotent.
 *
 * @param name what the client calls itself (`client_name`, RFC 7591 §2), unverified.
 * @param clientId shown where nothing visible is left of the name; cleaned in the same way.
 */
export function displayName(name: string | undefined, clientId: string): string {
  return clean(name ?? '') || clean(clientId) || UNNAMED
}
