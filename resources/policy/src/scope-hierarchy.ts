import { TOOL_CLASSES } from './tool-class.ts'
import type { ScopeDefinition, ToolsFile } from './tools-file.ts'

/**
 * The scopes of discovery and read, in the order of the file: what a first login asks for, and nothing more.
 *
 * @param toolsFile a parsed tools file
 */
export function initialScopes(toolsFile: ToolsFile): string[] {
  return scopesWhere(toolsFile, (definition) => TOOL_CLASSES[definition.toolClass].initial)
}

/**
 * The scopes that may be in an ordinary token, in the order of the file. Scopes of destructive and admin are not:
 * a call of those classes needs an approval of its own.
 *
 * @param toolsFile a parsed tools file
 */
export function grantableScopes(toolsFile: ToolsFile): string[] {
  return scopesWhere(toolsFile, (definition) => TOOL_CLASSES[definition.toolClass].standing)
}

/**
 * The granted scopes and everything they imply, transitively. For judging only: neither tokens nor challenges carry
 * implied scopes. Scopes that the file does not define stay in and imply nothing.
 *
 * @param toolsFile a parsed tools file
 * @param granted the scopes of a token
 */
export function expandScopes(toolsFile: ToolsFile, granted: Iterable<string>): Set<string> {
  const expanded = new Set<string>(granted)
  // A Set hands out what is added while it is walked, so this loop is the transitive closure and ends with it.
  for (const scope of expanded) {
    for (const implied of toolsFile.scopes.get(scope)?.implies ?? []) expanded.add(implied)
  }
  return expanded
}

/**
 * The required scopes that the granted ones neither contain nor imply, each once, in the order required.
 *
 * @param toolsFile a parsed tools file
 * @param granted the scopes of a token
 * @param required the scopes of an operation
 */
export function missingScopes(toolsFile: ToolsFile, granted: Iterable<string>, required: Iterable<string>): string[] {
  const held = expandScopes(toolsFile, granted)
  return [...new Set(required)].filter((scope) => !held.has(scope))
}

function scopesWhere(toolsFile: ToolsFile, matches: (definition: ScopeDefinition) => boolean): string[] {
  return [...toolsFile.scopes.values()].filter(matches).map((definition) => definition.scope)
}
