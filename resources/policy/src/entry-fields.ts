/** Keys and indexes from the root of the file. */
export type Path = readonly (string | number)[]

/** Takes one thing that is wrong and where; parsing goes on, so that one run shows all of them. */
export type Report = (path: Path, message: string) => void

/** More entries than any list in a tools file needs; a longer one is a mistake or an attack on the reader. */
export const MAX_LIST_LENGTH = 50

/**
 * Reads a map, reporting what else it is and every key that is not known.
 *
 * @returns the map, or undefined when the value is none
 */
export function readMap(
  value: unknown,
  path: Path,
  known: ReadonlySet<string> | undefined,
  report: Report,
): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(path, `${place(path)} is not a map`)
    return undefined
  }
  const entries = new Map<string, unknown>(Object.entries(value))
  for (const key of entries.keys()) {
    if (known !== undefined && !known.has(key)) {
      report([...path, key], `"${key}" is not known here; known are ${[...known].join(', ')}`)
    }
  }
  return entries
}

/**
 * Reads a list of strings, reporting duplicates and everything that is not a string. Absent means empty.
 */
export function readStringList(value: unknown, path: Path, report: Report): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) {
    report(path, `${place(path)} is not a list`)
    return []
  }
  if (value.length > MAX_LIST_LENGTH) report(path, `${place(path)} has more than ${MAX_LIST_LENGTH} entries`)
  const strings: string[] = []
  for (const [index, item] of value.slice(0, MAX_LIST_LENGTH).entries()) {
    if (typeof item !== 'string') report([...path, index], `${place(path)} has an entry that is not a string`)
    else if (strings.includes(item)) report([...path, index], `"${item}" is listed twice`)
    else strings.push(item)
  }
  return strings
}

/** The path as people write it: `scopes.mcp:issue:read.implies`. */
export function place(path: Path): string {
  return path.length === 0 ? 'the tools file' : path.join('.')
}
