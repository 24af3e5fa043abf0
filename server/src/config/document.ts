import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml'
import type { Problem, SettingsPath, Source } from './problem.ts'

/** A settings file as data that still knows where each value stands. */
export interface SettingsDocument {
  readonly value: Readonly<Record<string, unknown>>
  /** @returns the place of the value at `path`, or of the nearest thing around it that exists */
  locate(path: SettingsPath): Source
  /** @returns the place of the key at `path` rather than of its value */
  locateKey(path: SettingsPath): Source
}

export type ParsedDocument =
  | { readonly ok: true; readonly document: SettingsDocument }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Enough for anchors that people write by hand; a file that expands further is a bomb. */
const MAX_ALIASES = 100

/**
 * Parses the text of a settings file.
 * @param text YAML 1.2
 * @param file name that the problems show
 */
export function parseSettingsDocument(text: string, file: string): ParsedDocument {
  const lines = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true })
  const at = (offset: number): Source => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', file, line, column: col }
  }
  const refuse = (source: Source, message: string): Problem => {
    return { code: 'SALLYPORT_E_SETTINGS_SYNTAX', source, path: [], message }
  }
  // A warning is a tag nobody knows: its value would silently become something else.
  const faults = [...parsed.errors, ...parsed.warnings]
  if (faults.length > 0) {
    return { ok: false, problems: faults.map((error) => refuse(at(error.pos[0]), syntaxAdvice(error.code))) }
  }
  const value = plainValue(parsed)
  if (value === undefined)
    return { ok: false, problems: [refuse({ kind: 'file', file }, 'repeats its anchors too often')] }
  if (!isRecord(value)) return { ok: false, problems: [refuse(at(0), 'must hold settings as key: value lines')] }
  const place = (path: SettingsPath, wanted: 'key' | 'value'): Source => {
    const offset = offsetOf(parsed, path, wanted)
    return offset === undefined ? { kind: 'file', file } : at(offset)
  }
  return {
    ok: true,
    document: { value, locate: (path) => place(path, 'value'), locateKey: (path) => place(path, 'key') },
  }
}

function plainValue(parsed: Document.Parsed): unknown {
  if (parsed.contents === null) return {}
  try {
    return parsed.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function offsetOf(parsed: Document.Parsed, path: SettingsPath, wanted: 'key' | 'value'): number | undefined {
  let node: unknown = parsed.contents
  let offset = startOf(node)
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) node = node.resolve(parsed)
    const last = depth === path.length - 1
    const pair = isMap(node) ? node.items.find((item) => nameOf(item.key) === String(key)) : undefined
    const next: unknown = isSeq(node) ? node.items[Number(key)] : pair?.value
    if (next === undefined && pair === undefined) break
    const keyOffset = startOf(pair?.key)
    offset = (last && wanted === 'key' ? keyOffset : undefined) ?? startOf(next) ?? keyOffset ?? offset
    node = next
  }
  return offset
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0]
}

/** The parser's own messages quote the source, which may be a secret; these say the same without it. */
function syntaxAdvice(code: ErrorCode): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key is already set above: keep one of the two'
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent YAML: use spaces'
    case 'BAD_INDENT':
      return 'the indentation does not match the lines around it'
    case 'BAD_SCALAR_START':
      return 'a value that begins with @ or ` must be quoted'
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'this line reads as a key and a value at once: quote a value that holds ": "'
    case 'MISSING_CHAR':
      return 'a colon, a comma or a closing bracket or quote is missing'
    case 'MULTIPLE_DOCS':
      return 'a settings file is one document: remove what follows ---'
    case 'TAG_RESOLVE_FAILED':
      return 'a value that begins with ! must be quoted'
    default:
      return `this is not valid YAML (${code})`
  }
}
