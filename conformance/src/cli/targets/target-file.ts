import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { UsageError } from '../usage-error.ts'
import { type FlagValue, type KnownFlags, readFlag } from './entry-flags.ts'

/** More than a run of a night can examine. */
const TARGETS_MAX = 1_000
const NAME_CHARACTERS_MAX = 100

/** One target as the file names it. */
export interface TargetEntry {
  readonly name: string
  /** With its `{port}`, where there is one. */
  readonly url: string
  /** Flags of `server`, as commander would hand them on. */
  readonly flags: Readonly<Record<string, FlagValue>>
  /** File, line and column, to begin a complaint with. */
  readonly where: string
}

/**
 * Reads a file of targets: a list, or `targets:` and a list. YAML or JSON.
 * @param path names the file in complaints
 * @throws UsageError with file, line and column
 */
export function readTargetFile(text: string, path: string, known: KnownFlags): readonly TargetEntry[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const where: Where = (offset) => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const [wrong] = document.errors
  if (wrong !== undefined) throw new UsageError(`${where(wrong.pos[0])}: ${wrong.message}`)
  const list = isMap(document.contents) ? document.get('targets', true) : document.contents
  if (!isSeq(list)) throw new UsageError(`${path}: write a list of targets, each with its url: "- url: https://…"`)
  if (list.items.length === 0) throw new UsageError(`${path}: the list of targets is empty`)
  if (list.items.length > TARGETS_MAX) throw new UsageError(`${path}: more than ${TARGETS_MAX} targets`)
  const entries = list.items.map((item) => readEntry(item as Node | null, { document, where, known }))
  refuseTwins(entries)
  return entries
}

type Where = (offset: number) => string

interface Reading {
  readonly document: Document
  readonly where: Where
  readonly known: KnownFlags
}

function readEntry(item: Node | null, { document, where, known }: Reading): TargetEntry {
  const start = where(item?.range?.[0] ?? 0)
  if (!isMap(item)) throw new UsageError(`${start}: a target is a map with its url: "url: https://…"`)
  let name: string | undefined
  let url: string | undefined
  const flags: Record<string, FlagValue> = {}
  for (const pair of item.items as readonly Pair[]) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const at = where((pair.key as Node | null)?.range?.[0] ?? 0)
    const value: unknown = (pair.value as Node | null)?.toJS(document) ?? null
    if (key === 'name') name = readText(at, key, value)
    else if (key === 'url') url = readText(at, key, value)
    else flags[key] = readFlag(at, key, value, known)
  }
  if (url === undefined) throw new UsageError(`${start}: the target has no url`)
  return { name: name ?? url.replace(/^https?:\/\//, ''), url, flags, where: start }
}

function readText(at: string, key: string, value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw new UsageError(`${at}: ${key} is a text`)
  if (key === 'name' && (value.length > NAME_CHARACTERS_MAX || /\p{Cc}/u.test(value)))
    throw new UsageError(`${at}: name is one line of at most ${NAME_CHARACTERS_MAX} characters`)
  return value
}

/** Reports are compared and kept by name. */
function refuseTwins(entries: readonly TargetEntry[]): void {
  const seen = new Set<string>()
  for (const { name, where } of entries) {
    if (seen.has(name))
      throw new UsageError(`${where}: another target is called ${name} already; give it a name of its own`)
    seen.add(name)
  }
}
