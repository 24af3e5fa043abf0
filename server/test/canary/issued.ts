/** As long a piece of a secret as is looked for: shorter ones are no use to a thief, and longer ones miss what was cut. */
const PIECE = 16
/** A password can be shorter; what is shorter than this is found everywhere. */
const SHORTEST = 8

const WORDS = /[A-Za-z0-9_-]{16,}/g
const ONE_WORD = /^[A-Za-z0-9_-]{16}/

/** What was issued to, or chosen by, whoever spoke to a server, and must be found nowhere else. */
export interface Issued {
  /** @param what names it to whoever reads of a leak: 'refresh token' */
  learn(what: string, value: string): void
  /** @returns what of it a text holds: its beginning in any spelling, wherever it stands */
  find(text: string): string | undefined
  /** How many different things were learned. */
  count(): number
  /** Knows nothing any more: what another test file was given is none of this one's. */
  forget(): void
}

export function createIssued(): Issued {
  const pieces = new Map<string, string>()
  const phrases = new Map<string, string>()
  const known = new Set<string>()
  return {
    count: () => known.size,
    forget() {
      for (const all of [pieces, phrases, known]) all.clear()
    },
    learn(what, value) {
      if (value.length < SHORTEST || known.has(value)) return
      known.add(value)
      for (const spelling of spellingsOf(value)) {
        if (ONE_WORD.test(spelling)) pieces.set(spelling.slice(0, PIECE), what)
        else phrases.set(spelling, what)
      }
    },
    find(text) {
      for (const [phrase, what] of phrases) if (text.includes(phrase)) return what
      for (const [word] of text.matchAll(WORDS)) {
        for (let at = 0; at + PIECE <= word.length; at += 1) {
          const what = pieces.get(word.slice(at, at + PIECE))
          if (what !== undefined) return what
        }
      }
      return undefined
    },
  }
}

/** The ways a value can lie in a text, a column or a dump of bytes. */
function spellingsOf(value: string): readonly string[] {
  // Header and claims of one token begin like those of the next, and some are public; its signature is its own.
  const own = /^eyJ[\w-]+\.[\w-]+\.([\w-]{16,})$/.exec(value)?.[1] ?? value
  const bytes = Buffer.from(own)
  const decoded = Buffer.from(own, 'base64url')
  const inForm = new URLSearchParams([['', own]]).toString().slice(1)
  return [
    ...[own, encodeURIComponent(own), inForm, JSON.stringify(own).slice(1, -1)],
    ...[bytes.toString('hex'), bytes.toString('base64url'), bytes.toString('base64')],
    // The last characters depend on what follows.
    ...(/^[\w-]+$/.test(own) && decoded.length >= PIECE ? [decoded.toString('hex')] : []),
  ]
}
