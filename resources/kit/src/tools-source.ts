import { type Problem, parseToolsFile } from '@sallyport/policy'
import type { ToolPolicy } from './mcp/decide-calls.ts'
import { ProtectError } from './protect-error.ts'

const EXAMPLE_TOOLS_FILE = `scopes:
  mcp:issue:read: { class: read, description: Read issues }
  mcp:issue:create: { class: write, description: Create issues }
tools:
  issue_read: { scopes: [mcp:issue:read] }
  issue_create: { scopes: [mcp:issue:create] }
  issue_delete: { class: destructive }
`

/**
 * Reads what `protect` was told about tools. The one place of the kit that touches a file, and only for a path.
 *
 * @param tools path of a tools file, its content as an object, or the spelled-out opt-out
 * @throws ProtectError when tools are missing, unreadable or wrong
 */
export async function readToolPolicy(tools: unknown): Promise<ToolPolicy> {
  if (tools === 'authenticated-only') return { kind: 'authenticated-only' }
  if (typeof tools === 'string') return parse(await readText(tools), tools)
  if (typeof tools === 'object' && tools !== null) return parse(tools, 'tools')
  throw new ProtectError(
    'SALLYPORT_E_TOOLS_MISSING',
    `say what your tools do: give \`tools\` the path of a tools file, or an object, or 'authenticated-only' to let every valid token call every tool. To begin with, save this as tools.yaml and put your own tools in:\n\n${EXAMPLE_TOOLS_FILE}`,
  )
}

async function readText(path: string): Promise<string> {
  try {
    // Imported here, so that runtimes without a file system can use the kit with an object.
    const { readFile } = await import('node:fs/promises')
    return await readFile(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProtectError('SALLYPORT_E_TOOLS_UNREADABLE', `the tools file cannot be read: ${reason}`)
  }
}

function parse(input: string | object, source: string): ToolPolicy {
  const parsed = parseToolsFile(input)
  if (parsed.ok) return { kind: 'tools-file', toolsFile: parsed.toolsFile }
  const lines = parsed.problems.map((problem) => `  ${placeOf(problem, source)}: ${problem.message}`)
  throw new ProtectError('SALLYPORT_E_TOOLS_INVALID', `the tools file has problems\n${lines.join('\n')}`)
}

function placeOf(problem: Problem, source: string): string {
  if (problem.line === undefined) return [source, ...problem.path].join('.')
  return `${source}:${problem.line}:${problem.column ?? 1}`
}
