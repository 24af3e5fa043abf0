/** Longest name shown: longer ones push the facts that were verified out of sight. */
const DISPLAY_NAME_LENGTH = 64
/** Read no more than this of a text before normalising: NFKC makes some characters 18 times as long. */
const RAW_LENGTH = 1024
/** Scripts need up to four marks on a letter; hundreds paint over the lines above ("Zalgo"). */
const EXCESS_MARKS = /(\p{M}{4})\p{M}+/gu
/**
 * Zero-width and bidirectional characters, fillers and tags: they make two names look the same, or one read backwards.
 * U+2800 is a blank that Unicode counts as a visible symbol.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800]/gu
/** Controls, lone surrogates, private use, unassigned: nothing of a name, and drawn differently by each font. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu
/** Ticks, locks and shields: a name must not carry the sign that somebody has looked at it. */
const SEALS = /[\u2611\u2705\u2713\u2714\u{1f5f8}\u{1f5f9}\u{1f50f}-\u{1f513}\u{1f6e1}]/gu
const WHITESPACE = /\s+/gu
const ELLIPSIS = '…'
const UNNAMED = 'unnamed app'

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

function shorten(name: string, length: number): string {
  if (name.length <= length) return name
  let shortened = ''
  for (const { segment } of graphemes.segment(name)) {
    if (shortened.length + segment.length > length - ELLIPSIS.length) break
    shortened += segment
  }
  return shortened.trimEnd() + ELLIPSIS
}

/** A text that somebody else chose as one line of at most so many UTF-16 code units. See `displayName`. */
export function cleanLine(text: string, length: number): string {
  const visible = text
    .slice(0, RAW_LENGTH)
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(WHITESPACE, ' ')
    .replace(UNPRINTABLE, '')
    .replace(SEALS, '')
    .replace(EXCESS_MARKS, '$1')
  // Taking characters out can leave two blanks side by side, or pieces that compose.
  return shorten(visible.normalize('NFKC').replace(WHITESPACE, ' ').trim(), length)
}

/**
 * A name as it may be shown to a person: NFKC, one line, without control, zero-width and bidirectional characters
 * and without ticks, locks and shields, at most 64 UTF-16 code units; a longer one ends in "…". Pure and idempotent.
 *
 * @param name what the client calls itself (`client_name`, RFC 7591 §2), unverified.
 * @param clientId shown where nothing visible is left of the name; cleaned in the same way.
 */
export function displayName(name: string | undefined, clientId: string): string {
  return cleanLine(name ?? '', DISPLAY_NAME_LENGTH) || cleanLine(clientId, DISPLAY_NAME_LENGTH) || UNNAMED
}
