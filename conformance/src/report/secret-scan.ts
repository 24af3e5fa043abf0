/** A piece this long of a random value is no coincidence, and too long to be told to anybody. */
const PIECE = 8
/** Shorter values are words, numbers of ports, answers of one letter: taking them out would make nonsense of a text. */
const SHORTEST = 6
/** From here on a value with letters and digits counts as random, and pieces of it are looked for. */
const RANDOM_FROM = 16
/** Longer tokens are not accepted by any server we know of; their first part gives them away. */
const LONGEST = 16_384

/**
 * Makes a function that takes values out of texts: whole, in pieces of eight characters or more, in any case, and as URLs, JSON,
 * base64 and hexadecimal write them.
 * @param secrets what must not be seen
 */
export function createSecretScan(secrets: readonly string[]): (text: string) => string {
  const pieces = new Set<string>()
  const whole = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue
    const inPieces = secret.length >= RANDOM_FROM && /\d/.test(secret) && /[A-Za-z]/.test(secret)
    for (const spelling of spellingsOf(secret.slice(0, LONGEST))) {
      if (inPieces) for (const piece of piecesOf(spelling)) pieces.add(piece)
      else whole.add(spelling)
    }
  }
  const longestFirst = [...whole].sort((a, b) => b.length - a.length)
  return (text) => withoutWhole(withoutPieces(text, pieces), longestFirst)
}

function spellingsOf(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret)
  const inUrl = new URLSearchParams({ '': secret }).toString().slice(1)
  const spellings = [secret, encodeURIComponent(secret.toWellFormed()), inUrl, JSON.stringify(secret).slice(1, -1)]
  spellings.push(secret.replaceAll('/', '\\/'), bytes.toString('hex'), ...insideBase64(bytes))
  return new Set(spellings.filter((spelling) => spelling.length >= SHORTEST).map(lower))
}

/** Within a longer text in base64 a value starts at one of three places of a group, and its first and last sign belong to others too. */
function insideBase64(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = encoded.slice(offset === 0 ? 0 : offset + 1, -1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function piecesOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, at) => text.slice(at, at + PIECE))
}

function withoutPieces(text: string, pieces: ReadonlySet<string>): string {
  if (pieces.size === 0) return text
  const low = lower(text)
  const kept: string[] = []
  let at = 0
  let from = 0
  while (at + PIECE <= low.length) {
    if (!pieces.has(low.slice(at, at + PIECE))) {
      at += 1
      continue
    }
    kept.push(text.slice(from, at), '[redacted]')
    while (pieces.has(low.slice(at + 1, at + 1 + PIECE))) at += 1
    at += PIECE
    from = at
  }
  return [...kept, text.slice(from)].join('')
}

function withoutWhole(text: string, spellings: readonly string[]): string {
  return spellings.reduce((rest, spelling) => {
    const parts: string[] = []
    const low = lower(rest)
    let from = 0
    for (let at = low.indexOf(spelling); at !== -1; at = low.indexOf(spelling, from)) {
      parts.push(rest.slice(from, at))
      from = at + spelling.length
    }
    return [...parts, rest.slice(from)].join('[redacted]')
  }, text)
}

/** Of ASCII alone: other letters may change their length, and places in both texts must stay the same. */
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
