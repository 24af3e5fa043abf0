/** Batches were a feature of 2025-03-26 only; nobody batched more. */
export const MAX_BATCH_LENGTH = 100

/** What authorization reads of one JSON-RPC message. */
export interface McpMessage {
  /** Undefined for a response to the server. */
  readonly method: string | undefined
  /** Undefined for notifications and responses. */
  readonly id: string | number | undefined
  /** The tool, prompt or resource that the message is about: what `Mcp-Name` mirrors. */
  readonly name: string | undefined
}

export type McpBody =
  | { readonly ok: true; readonly messages: readonly McpMessage[]; readonly batch: boolean }
  | { readonly ok: false; readonly detail: string }

/** Where each method has the name that `Mcp-Name` mirrors. */
const NAME_MEMBERS: ReadonlyMap<string, 'name' | 'uri'> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
])

/**
 * Tells whether a message has a name that the header `Mcp-Name` mirrors.
 *
 * @param message a parsed message
 */
export function hasMirroredName(message: McpMessage): boolean {
  return message.method !== undefined && NAME_MEMBERS.has(message.method)
}

/**
 * Reads one message or a batch, as far as authorization needs it.
 *
 * @param value a parsed JSON body
 */
export function parseMcpBody(value: unknown): McpBody {
  const batch = Array.isArray(value)
  const items: readonly unknown[] = batch ? value : [value]
  if (items.length === 0) return { ok: false, detail: 'The batch is empty' }
  if (items.length > MAX_BATCH_LENGTH)
    return { ok: false, detail: `The batch has more than ${MAX_BATCH_LENGTH} messages` }
  const messages: McpMessage[] = []
  for (const item of items) {
    const message = parseMessage(item)
    if (message === undefined) return { ok: false, detail: 'The body is not a JSON-RPC message' }
    messages.push(message)
  }
  return { ok: true, messages, batch }
}

function parseMessage(item: unknown): McpMessage | undefined {
  const members = membersOf(item)
  if (members === undefined) return undefined
  const { method, id, params } = members
  if (method === undefined) {
    return 'result' in members || 'error' in members ? { method, id: undefined, name: undefined } : undefined
  }
  if (typeof method !== 'string') return undefined
  const nameMember = NAME_MEMBERS.get(method)
  const name = nameMember && membersOf(params)?.[nameMember]
  return {
    method,
    id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
    name: typeof name === 'string' ? name : undefined,
  }
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
}
