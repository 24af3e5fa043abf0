import { type Path, type Report, readMap, readStringList } from './entry-fields.ts'
import { scopeProblem } from './scope-syntax.ts'
import { type Duration, isDuration, isToolClass, shorterDuration, TOOL_CLASSES, type ToolClass } from './tool-class.ts'
import type { ScopeDefinition } from './tools-file.ts'

/** Two lines on a consent page; longer text is not read. */
export const MAX_DESCRIPTION_LENGTH = 200

const SCOPE_KEYS: ReadonlySet<string> = new Set(['class', 'description', 'implies', 'longest'])
const CLASS_NAMES = Object.keys(TOOL_CLASSES).join(', ')
// Control and format characters can reorder or hide words on a consent page and split lines of a log.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/**
 * Reads one entry below `scopes`.
 *
 * @returns the scope without the tools that need it, or undefined after reporting why not
 */
export function readScopeEntry(
  scope: string,
  value: unknown,
  path: Path,
  report: Report,
): Omit<ScopeDefinition, 'tools'> | undefined {
  const syntaxProblem = scopeProblem(scope)
  if (syntaxProblem !== undefined) report(path, `scope "${scope}" ${syntaxProblem}`)
  const fields = readMap(value, path, SCOPE_KEYS, report)
  if (fields === undefined) return undefined
  const toolClass = fields.get('class')
  const description = readDescription(scope, fields.get('description'), path, report)
  const implies = readStringList(fields.get('implies'), [...path, 'implies'], report)
  if (!isToolClass(toolClass)) {
    report([...path, 'class'], `scope "${scope}" needs a class: one of ${CLASS_NAMES}`)
    return undefined
  }
  const longest = readLongest(scope, toolClass, fields.get('longest'), [...path, 'longest'], report)
  return { scope, toolClass, description, implies, longest }
}

function readDescription(scope: string, value: unknown, path: Path, report: Report): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= MAX_DESCRIPTION_LENGTH) {
    if (!UNPRINTABLE.test(value)) return value.trim()
  }
  const wanted = `one line of 1 to ${MAX_DESCRIPTION_LENGTH} printable characters`
  report([...path, 'description'], `scope "${scope}" needs a description for the consent page: ${wanted}`)
  return ''
}

// A file may shorten what a class allows. The one way up is write, which an operator may trust until it is revoked.
function readLongest(scope: string, toolClass: ToolClass, value: unknown, path: Path, report: Report): Duration {
  const { longest } = TOOL_CLASSES[toolClass]
  if (value === undefined) return longest
  if (!isDuration(value)) {
    report(path, `scope "${scope}": longest is one of once, session, until_revoked`)
    return longest
  }
  if (toolClass === 'write' || shorterDuration(value, longest) === value) return value
  report(path, `scope "${scope}": class ${toolClass} lasts ${longest} at the longest, not ${value}`)
  return longest
}
