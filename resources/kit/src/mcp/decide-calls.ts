import { missingScopes, TOOL_CLASSES, type ToolDefinition, type ToolsFile } from '@sallyport/policy'
import type { McpMessage } from './mcp-message.ts'

/** What is known about the tools of the server. */
export type ToolPolicy =
  | { readonly kind: 'tools-file'; readonly toolsFile: ToolsFile }
  /** Any valid token may call any tool: the operator said so. */
  | { readonly kind: 'authenticated-only' }

/** What happens to the messages of one request, all together. */
export type CallsDecision =
  | { readonly kind: 'allow' }
  /** All the scopes that the calls need, held or not: the client asks once. */
  | { readonly kind: 'insufficient-scope'; readonly scopes: readonly string[]; readonly tools: readonly string[] }
  /** No scope opens these tools. */
  | { readonly kind: 'deny'; readonly tools: readonly string[] }

/**
 * The scopes that a call of a tool needs.
 *
 * @param policy what is known about the tools
 * @param tool the name of a tool, compared byte for byte
 * @returns the scopes, none if authentication is enough, or undefined if no scope opens the tool: it is destructive,
 *   admin, or not listed
 */
export function scopesForTool(policy: ToolPolicy, tool: string): readonly string[] | undefined {
  if (policy.kind === 'authenticated-only') return []
  const definition = policy.toolsFile.tools.get(tool)
  return isOpenedByScopes(definition) ? definition.scopes : undefined
}

/**
 * Decides about the messages of a request. Only `tools/call` needs more than a valid token. A batch is judged as one:
 * what cannot be cured by scopes comes first, because asking a person for scopes would not help the request.
 *
 * @param policy what is known about the tools
 * @param messages the messages of the body
 * @param granted the scopes of the token
 */
export function decideCalls(
  policy: ToolPolicy,
  messages: readonly McpMessage[],
  granted: readonly string[],
): CallsDecision {
  if (policy.kind === 'authenticated-only') return { kind: 'allow' }
  const { toolsFile } = policy
  const calls = messages.filter((message) => message.method === 'tools/call').map((message) => message.name ?? '')
  const denied = calls.filter((tool) => scopesForTool(policy, tool) === undefined)
  if (denied.length > 0) return { kind: 'deny', tools: denied }
  const required = [...new Set(calls.flatMap((tool) => scopesForTool(policy, tool) ?? []))]
  if (missingScopes(toolsFile, granted, required).length === 0) return { kind: 'allow' }
  return { kind: 'insufficient-scope', scopes: required, tools: calls }
}

/**
 * Whether scopes open nothing but discovery and reading.
 *
 * @param scopes of a token
 */
export function onlyReads(policy: ToolPolicy, scopes: readonly string[]): boolean {
  if (policy.kind === 'authenticated-only') return false
  return scopes.every((scope) => {
    const definition = policy.toolsFile.scopes.get(scope)
    return definition === undefined || TOOL_CLASSES[definition.toolClass].initial
  })
}

/**
 * Whether messages ask for nothing but discovery and reading: what goes on while nobody can say whether a token was revoked.
 *
 * @param messages the messages of the body
 */
export function onlyReadingCalls(policy: ToolPolicy, messages: readonly McpMessage[]): boolean {
  const calls = messages.filter((message) => message.method === 'tools/call')
  if (policy.kind === 'authenticated-only') return calls.length === 0
  return calls.every(({ name = '' }) => {
    const definition = policy.toolsFile.tools.get(name)
    return definition !== undefined && TOOL_CLASSES[definition.toolClass].initial
  })
}

// An unlisted tool has no definition and no scope: what nobody classified may do anything.
function isOpenedByScopes(definition: ToolDefinition | undefined): definition is ToolDefinition {
  return definition !== undefined && TOOL_CLASSES[definition.toolClass].standing
}
