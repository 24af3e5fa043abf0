/** In what one identifier differs from another; the kinds are told apart because each has a cause of its own. */
export type DifferenceKind =
  | 'none'
  | 'slash'
  | 'case'
  | 'scheme'
  | 'port'
  | 'prefix'
  | 'parent'
  | 'child'
  | 'typo'
  | 'other'

export interface Difference {
  readonly kind: DifferenceKind
  /** What a reader has to look at, beginning with the character where the two part. */
  readonly words: string
}

/** A slip of the hand: two letters swapped, one left out. More of them make another name. */
const SLIPS_MAX = 2
/** Longer ones are compared no further: they are nobody's slip. */
const CHARACTERS_MAX = 300

/**
 * Compares identifiers as clients do, character by character.
 * @param named what was found
 * @param wanted what it should be
 */
export function differenceOf(named: string, wanted: string): Difference {
  const kind = kindOf(named, wanted)
  return { kind, words: WORDS[kind](named, wanted) }
}

function kindOf(named: string, wanted: string): DifferenceKind {
  if (named === wanted) return 'none'
  if (withoutSlash(named) === withoutSlash(wanted)) return 'slash'
  if (named.toLowerCase() === wanted.toLowerCase()) return 'case'
  return kindOfUrls(named, wanted) ?? (isSlip(named, wanted) ? 'typo' : 'other')
}

function kindOfUrls(named: string, wanted: string): DifferenceKind | undefined {
  if (!URL.canParse(named) || !URL.canParse(wanted)) return undefined
  const [a, b] = [new URL(named), new URL(wanted)]
  const sameHost = a.hostname === b.hostname
  const samePath = withoutSlash(a.pathname) === withoutSlash(b.pathname)
  if (sameHost && samePath && a.protocol !== b.protocol) return 'scheme'
  if (sameHost && samePath && a.port !== b.port) return 'port'
  if (a.origin !== b.origin) return undefined
  if (b.pathname.startsWith(`${withoutSlash(a.pathname)}/`)) return 'parent'
  if (a.pathname.startsWith(`${withoutSlash(b.pathname)}/`)) return 'child'
  return b.pathname.endsWith(withoutSlash(a.pathname)) ? 'prefix' : undefined
}

const WORDS: Readonly<Record<DifferenceKind, (named: string, wanted: string) => string>> = {
  none: (named) => `it is ${named}`,
  slash: (named, wanted) =>
    named.length > wanted.length
      ? `${named} ends with a slash, and ${wanted} does not`
      : `${named} has no slash at its end, and ${wanted} has`,
  case: (named, wanted) => `${named} has other capitals than ${wanted}, from character ${firstApart(named, wanted)} on`,
  scheme: (named, wanted) => `${named} says ${schemeOf(named)}, and ${wanted} says ${schemeOf(wanted)}`,
  port: (named, wanted) => `${named} names another port than ${wanted}`,
  prefix: (named, wanted) =>
    `${named} lacks ${JSON.stringify(new URL(wanted).pathname.slice(0, -withoutSlash(new URL(named).pathname).length))} at the beginning of the path of ${wanted}`,
  parent: (named, wanted) => `${named} is above ${wanted}: the rest of the path is missing`,
  child: (named, wanted) => `${named} goes on where ${wanted} ends`,
  typo: (named, wanted) => `${named} is not ${wanted}: ${apart(named, wanted)}`,
  other: (named, wanted) => `${named} is not ${wanted}`,
}

function apart(named: string, wanted: string): string {
  const at = firstApart(named, wanted)
  const from = (text: string): string => text.slice(at - 1, at + 11) || 'its end'
  return `from character ${at} on it reads ${from(named)}, not ${from(wanted)}`
}

/** Counted from 1, as editors do. */
function firstApart(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at += 1
  return at + 1
}

function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > SLIPS_MAX || Math.max(a.length, b.length) > CHARACTERS_MAX) return false
  return editsBetween(a, b) <= SLIPS_MAX
}

function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, sign] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const kept = (row[j] ?? 0) + (sign === other ? 0 : 1)
      next.push(Math.min(kept, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

const withoutSlash = (text: string): string => text.replace(/\/+$/, '')
const schemeOf = (url: string): string => new URL(url).protocol.replace(':', '')
