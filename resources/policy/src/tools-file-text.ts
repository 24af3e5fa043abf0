import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Path } from './entry-fields.ts'
import type { Problem } from './tools-file.ts'

/** About ten times the largest catalogue of tools we know; a reader's memory is not for the file to decide. */
export const MAX_TOOLS_FILE_LENGTH = 1_048_576

// A tools file has no use for YAML aliases beyond a shared list or two; a bomb needs many.
const MAX_ALIASES = 20

/** Finds the line and column of a path in the text. */
export type Locate = (path: Path) => { readonly line: number; readonly column: number }

export type ToolsFileText =
  | { readonly ok: true; readonly value: unknown; readonly locate: Locate }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads YAML into plain values, and remembers where each came from.
 *
 * @param text the content of a tools file
 */
export function readToolsFileText(text: string): ToolsFileText {
  if (text.length > MAX_TOOLS_FILE_LENGTH) {
    return { ok: false, problems: [{ message: `longer than ${MAX_TOOLS_FILE_LENGTH} characters`, path: [] }] }
  }
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, version: '1.2', schema: 'core', stringKeys: true })
  const failures = [...document.errors, ...document.warnings]
  if (failures.length > 0) return { ok: false, problems: failures.map(toProblem) }
  const locate: Locate = (path) => {
    const { line, col } = lineCounter.linePos(offsetOf(document.contents, path))
    return { line, column: col }
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: MAX_ALIASES }), locate }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return { ok: false, problems: [{ message: 'too many YAML aliases', path: [], line: 1, column: 1 }] }
  }
}

function toProblem(error: YAMLError): Problem {
  const [message = error.code] = error.message.split(' at line ')
  const start = error.linePos?.[0]
  return { message, path: [], ...(start && { line: start.line, column: start.col }) }
}

// The offset of the last key or index of the path that the document has, so that a missing key points to its parent.
function offsetOf(root: unknown, path: Path): number {
  let offset = startOf(root)
  let node = root
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step)
      if (pair === undefined) return offset
      offset = startOf(pair.key)
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step]
      offset = startOf(node)
    } else return offset
  }
  return offset
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0
}
