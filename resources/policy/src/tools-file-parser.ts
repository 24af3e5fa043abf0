import { type Report, readMap } from './entry-fields.ts'
import { checkHierarchy } from './hierarchy-check.ts'
import { readScopeEntry } from './scope-entry.ts'
import { readToolEntry } from './tool-entry.ts'
import type { Problem, ScopeDefinition, ToolDefinition, ToolsFile } from './tools-file.ts'
import { type Locate, readToolsFileText } from './tools-file-text.ts'

/** A consent page and a challenge with more choices than this cannot be judged by anybody. */
export const MAX_SCOPES = 200

/** Far above any MCP server we know; bounds the work of one parse. */
export const MAX_TOOLS = 2_000

const FILE_KEYS: ReadonlySet<string> = new Set(['scopes', 'tools'])

export type ParsedToolsFile =
  | { readonly ok: true; readonly toolsFile: ToolsFile }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Parses a tools file and checks it as a whole: unknown keys, undefined and omnibus scopes, circles, classes milder
 * than their scopes. Reports everything that is wrong, each with its path, and with line and column for text.
 *
 * @param input YAML text, or what a YAML or JSON parser made of one
 */
export function parseToolsFile(input: string | object): ParsedToolsFile {
  if (typeof input !== 'string') return parseValue(input)
  const text = readToolsFileText(input)
  return text.ok ? parseValue(text.value, text.locate) : text
}

function parseValue(value: unknown, locate?: Locate): ParsedToolsFile {
  const problems: Problem[] = []
  const report: Report = (path, message) => problems.push({ message, path, ...locate?.(path) })
  const root = readMap(value, [], FILE_KEYS, report)
  if (root === undefined) return { ok: false, problems }
  if (!root.has('scopes') && !root.has('tools')) report([], 'the tools file has neither scopes nor tools')
  const scopeEntries = readSection(root, 'scopes', MAX_SCOPES, report)
  const toolEntries = readSection(root, 'tools', MAX_TOOLS, report)

  const declared = new Set(scopeEntries.keys())
  const scopes = new Map<string, Omit<ScopeDefinition, 'tools'>>()
  for (const [scope, entry] of scopeEntries) {
    const definition = readScopeEntry(scope, entry, ['scopes', scope], report)
    if (definition !== undefined) scopes.set(scope, definition)
  }
  checkHierarchy(scopes, declared, report)

  const classes = new Map([...scopes.values()].map(({ scope, toolClass }) => [scope, toolClass] as const))
  const tools = new Map<string, ToolDefinition>()
  for (const [name, entry] of toolEntries) {
    const tool = readToolEntry(name, entry, ['tools', name], { classes, declared }, report)
    if (tool !== undefined) tools.set(name, tool)
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, toolsFile: { scopes: withTools(scopes, tools), tools } }
}

function readSection(
  root: ReadonlyMap<string, unknown>,
  key: 'scopes' | 'tools',
  limit: number,
  report: Report,
): ReadonlyMap<string, unknown> {
  const section = root.has(key) ? readMap(root.get(key), [key], undefined, report) : undefined
  if (section === undefined) return new Map()
  if (section.size <= limit) return section
  report([key], `more than ${limit} ${key}`)
  return new Map()
}

function withTools(
  scopes: ReadonlyMap<string, Omit<ScopeDefinition, 'tools'>>,
  tools: ReadonlyMap<string, ToolDefinition>,
): ReadonlyMap<string, ScopeDefinition> {
  const users = (scope: string): string[] =>
    [...tools.values()].filter((tool) => tool.scopes.includes(scope)).map((tool) => tool.name)
  return new Map([...scopes].map(([scope, definition]) => [scope, { ...definition, tools: users(scope) }]))
}
