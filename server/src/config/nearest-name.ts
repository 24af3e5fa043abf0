/** Longer names are not typing mistakes of ours, and comparing them costs the square of their length. */
const MAX_COMPARED_LENGTH = 64

/** Below this, everything begins like everything. */
const MIN_COMMON_BEGINNING = 3

/**
 * Finds the name a person most likely meant.
 * @param name what was written
 * @param known every name that would have been right
 * @returns the nearest known name, or undefined when none is near enough to suggest
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > MAX_COMPARED_LENGTH) return undefined
  const written = foldName(name)
  let nearest: { readonly name: string; readonly distance: number } | undefined
  for (const candidate of known) {
    const distance = nameDistance(written, foldName(candidate))
    const tolerated = Math.max(1, Math.floor(candidate.length / 3))
    if (distance <= tolerated && distance < (nearest?.distance ?? Infinity)) nearest = { name: candidate, distance }
  }
  return nearest?.name
}

/** `redirect_uris`, `redirect-uris` and `redirectURIs` are all meant as `redirectUris`. */
function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** `warning` for `warn` and `redirect` for `redirectUris` are one mistake, however many letters differ. */
function nameDistance(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  const begins = shorter >= MIN_COMMON_BEGINNING && a.slice(0, shorter) === b.slice(0, shorter)
  return begins && a !== b ? 1 : editDistance(a, b)
}

/** Edits between two words, a swap of two neighbours counting as one. */
function editDistance(a: string, b: string): number {
  let beforePrevious: readonly number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const substituted = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const inserted = (current[column - 1] ?? 0) + 1
      const deleted = (previous[column] ?? 0) + 1
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      const swapped = isSwap ? (beforePrevious[column - 2] ?? Infinity) + 1 : Infinity
      current.push(Math.min(substituted, inserted, deleted, swapped))
    }
    beforePrevious = previous
    previous = current
  }
  return previous[b.length] ?? Infinity
}
