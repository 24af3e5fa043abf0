import type { McpMessage } from './mcp-message.ts'

/** JSON-RPC and MCP error codes that the kit answers with. */
export const JSON_RPC_ERRORS = { parse: -32700, invalidRequest: -32600, headerMismatch: -32020 } as const

const DENIED =
  'This tool is destructive, administrative or not listed. Such a call needs an approval of its own, and this server offers none yet. Nothing was run; do not repeat the call.'
const DENIED_NEIGHBOUR = 'Not run: another call of the same batch needs an approval'

/**
 * A JSON-RPC error.
 *
 * @param code one of `JSON_RPC_ERRORS`
 * @param message fixed text, never something that the client sent
 * @param id the id of the request, where it is known
 */
export function buildJsonRpcError(code: number, message: string, id: string | number | undefined): object {
  return { jsonrpc: '2.0', id: id ?? null, error: { code, message } }
}

/**
 * The answer to a request with calls that no scope opens: a tool error, which every client generation shows to its
 * model, and no challenge, which would send the person to a consent page in vain.
 *
 * @param messages the messages of the request, none of which is run
 * @param denied the names of the denied tools
 * @param options whether the body was a batch, and whether the client is of 2026-07-28 or later
 * @returns the body, or undefined when no message expects an answer
 */
export function buildDenial(
  messages: readonly McpMessage[],
  denied: readonly string[],
  options: { readonly batch: boolean; readonly modern: boolean },
): object | undefined {
  const answers = messages.flatMap((message) => {
    if (message.id === undefined) return []
    const isDenied = message.method === 'tools/call' && denied.includes(message.name ?? '')
    return isDenied
      ? [buildToolError(message.id, options.modern)]
      : [buildJsonRpcError(JSON_RPC_ERRORS.invalidRequest, DENIED_NEIGHBOUR, message.id)]
  })
  return options.batch && answers.length > 0 ? answers : answers[0]
}

function buildToolError(id: string | number, modern: boolean): object {
  const result = { content: [{ type: 'text', text: DENIED }], isError: true }
  return { jsonrpc: '2.0', id, result: modern ? { resultType: 'complete', ...result } : result }
}
