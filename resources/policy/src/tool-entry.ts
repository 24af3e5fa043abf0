import { type Path, type Report, readMap, readStringList } from './entry-fields.ts'
import { isToolClass, severerClass, TOOL_CLASSES, type ToolClass } from './tool-class.ts'
import type { ToolDefinition } from './tools-file.ts'

/** The length that MCP gives tool names. */
export const MAX_TOOL_NAME_LENGTH = 128

const TOOL_KEYS: ReadonlySet<string> = new Set(['class', 'scopes'])
// Names are compared byte for byte; what cannot be seen or is trimmed away in headers makes two names look like one.
const TOOL_NAME = /^[^\s\p{Cc}\p{Cf}](?:[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*[^\s\p{Cc}\p{Cf}])?$/u

/**
 * Reads one entry below `tools`. A tool's class is never milder than that of any scope it needs.
 *
 * @param classes the classes of the scopes that could be read
 * @param declared the names of all scopes of the file, readable or not
 * @returns the tool, or undefined after reporting why not
 */
export function readToolEntry(
  name: string,
  value: unknown,
  path: Path,
  scopes: { readonly classes: ReadonlyMap<string, ToolClass>; readonly declared: ReadonlySet<string> },
  report: Report,
): ToolDefinition | undefined {
  if (name.length > MAX_TOOL_NAME_LENGTH || !TOOL_NAME.test(name)) {
    report(path, `"${name}" is not a tool name: 1 to ${MAX_TOOL_NAME_LENGTH} visible characters`)
  }
  const fields = readMap(value, path, TOOL_KEYS, report)
  if (fields === undefined) return undefined
  const needed = readStringList(fields.get('scopes'), [...path, 'scopes'], report)
  for (const [index, scope] of needed.entries()) {
    if (!scopes.declared.has(scope)) {
      report([...path, 'scopes', index], `tool "${name}" needs scope "${scope}", which the file does not define`)
    }
  }
  const classes = needed.flatMap((scope) => scopes.classes.get(scope) ?? [])
  const toolClass = decideToolClass(name, fields.get('class'), classes, needed.length, path, report)
  return toolClass && { name, toolClass, scopes: needed }
}

function decideToolClass(
  name: string,
  given: unknown,
  classes: readonly ToolClass[],
  scopeCount: number,
  path: Path,
  report: Report,
): ToolClass | undefined {
  const [first, ...rest] = classes
  const floor = first && rest.reduce(severerClass, first)
  if (given === undefined) {
    if (scopeCount === 0) report(path, `tool "${name}" has neither a class nor a scope`)
    return floor
  }
  if (!isToolClass(given)) {
    report([...path, 'class'], `tool "${name}": class is one of ${Object.keys(TOOL_CLASSES).join(', ')}`)
    return undefined
  }
  if (floor !== undefined && severerClass(given, floor) !== given) {
    report([...path, 'class'], `tool "${name}" is said to be ${given} but needs a scope of class ${floor}`)
  }
  return given
}
