import { hasMirroredName, type McpMessage } from './mcp-message.ts'

// SEP-2243: the marker is lower case; any other spelling is a literal value.
const BASE64_SENTINEL = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/
const SENTINEL_START = '=?base64?'

/**
 * Says how the mirrored headers of a request disagree with its body, or undefined when they agree. Headers that are
 * absent are no disagreement here: clients before 2026-07-28 send none, and the decision reads the body anyway.
 *
 * @param headers `Mcp-Method` and `Mcp-Name` as they came, or null
 * @param messages the messages of the body
 * @param batch whether the body is a batch, which no client that mirrors headers sends
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http Streamable HTTP}
 */
export function findHeaderMismatch(
  headers: { readonly method: string | null; readonly name: string | null },
  messages: readonly McpMessage[],
  batch: boolean,
): string | undefined {
  if (headers.method === null && headers.name === null) return undefined
  const [message] = messages
  if (batch || message === undefined) return 'Mcp-Method and Mcp-Name cannot describe a batch'
  if (headers.method !== null && headers.method !== message.method) return 'Mcp-Method differs from the body'
  if (headers.name === null || !hasMirroredName(message)) return undefined
  const name = decodeMirroredValue(headers.name)
  if (name === undefined) return 'Mcp-Name is not encoded as the specification says'
  return name === message.name ? undefined : 'Mcp-Name differs from the body'
}

function decodeMirroredValue(value: string): string | undefined {
  if (!value.startsWith(SENTINEL_START)) return value
  const encoded = BASE64_SENTINEL.exec(value)?.[1]
  if (encoded === undefined) return undefined
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
