import { isRecord } from '../mcp/json-rpc.ts'
import type { AllowedCall } from './subject.ts'

/** A tool as the server lists it; what it says of itself is a hint and may be wrong. */
export interface ListedTool {
  readonly name: string
  readonly readOnly: boolean
  /** Whether it can be called with no arguments. */
  readonly needsNothing: boolean
}

/** Tools of a `tools/list` result. */
export function readTools(result: Readonly<Record<string, unknown>>): readonly ListedTool[] {
  const tools = Array.isArray(result.tools) ? result.tools : []
  return tools.filter(isRecord).flatMap(({ name, annotations, inputSchema }) => {
    if (typeof name !== 'string') return []
    const required = isRecord(inputSchema) ? inputSchema.required : undefined
    return [
      {
        name,
        readOnly: isRecord(annotations) && annotations.readOnlyHint === true,
        needsNothing: !Array.isArray(required) || required.length === 0,
      },
    ]
  })
}

/**
 * Calls that need no arguments to be made up.
 * @param allowed which tools the operator let the run call
 */
export function readOnlyCalls(
  tools: readonly ListedTool[],
  allowed: 'none' | 'read-only' | 'all',
): readonly AllowedCall[] {
  if (allowed === 'none') return []
  return tools
    .filter(({ readOnly, needsNothing }) => needsNothing && (allowed === 'all' || readOnly))
    .map(({ name }) => ({ tool: name, args: {} }))
}
