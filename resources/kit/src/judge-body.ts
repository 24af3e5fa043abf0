import type { Refusal } from './http/refusal.ts'
import { readRequestBody } from './http/request-body.ts'
import { decideCalls, onlyReadingCalls, type ToolPolicy } from './mcp/decide-calls.ts'
import { buildDenial } from './mcp/json-rpc-answer.ts'
import { parseJsonText } from './mcp/json-text.ts'
import { type McpMessage, parseMcpBody } from './mcp/mcp-message.ts'
import { findHeaderMismatch } from './mcp/mirrored-headers.ts'

// The first revision whose results carry `resultType`. Revisions are dates, so they sort as text.
const MODERN_REVISION = '2026-07-28'

/** What is known about the tools and about the token. */
export interface BodyRules {
  readonly policy: ToolPolicy
  /** Scopes of the token. */
  readonly granted: readonly string[]
  /** False while nobody can say whether the token was revoked. */
  readonly isKnownLive: boolean
}

export type JudgedBody =
  | {
      readonly ok: true
      readonly bytes: Uint8Array<ArrayBuffer>
      readonly value: unknown
      /** The method of the one message, undefined for batches and responses. */
      readonly soleMethod: string | undefined
    }
  | { readonly ok: false; readonly refusal: Refusal }

/**
 * Reads the body of a POST and decides whether what it asks for may run. What cannot be read is refused, never handed
 * on: another parser behind us might read a call in it.
 *
 * @param request a POST; its body is used up
 * @param rules what is known about the tools and the token, the largest body in bytes
 */
export async function judgeBody(request: Request, rules: BodyRules & { readonly limit: number }): Promise<JudgedBody> {
  const body = await readRequestBody(request, rules.limit)
  if (!body.ok && body.reason === 'too-large') return refuse({ kind: 'body-too-large' })
  if (!body.ok) return refuse({ kind: 'body-unreadable', detail: 'The body is not UTF-8' })
  const json = parseJsonText(body.text)
  if (!json.ok) return refuse({ kind: 'body-unreadable', detail: `Parse error: ${json.detail}` })
  const parsed = parseMcpBody(json.value)
  if (!parsed.ok) return refuse({ kind: 'not-json-rpc', detail: parsed.detail })
  const { messages, batch } = parsed
  const refusal = judgeMessages(request.headers, messages, batch, rules)
  if (refusal !== undefined) return refuse(refusal)
  return { ok: true, bytes: body.bytes, value: json.value, soleMethod: batch ? undefined : messages[0]?.method }
}

function judgeMessages(
  headers: Headers,
  messages: readonly McpMessage[],
  batch: boolean,
  rules: BodyRules,
): Refusal | undefined {
  const mirrored = { method: headers.get('mcp-method'), name: headers.get('mcp-name') }
  const mismatch = findHeaderMismatch(mirrored, messages, batch)
  if (mismatch !== undefined) {
    return { kind: 'header-mismatch', detail: mismatch, id: batch ? undefined : messages[0]?.id }
  }
  const decision = decideCalls(rules.policy, messages, rules.granted)
  switch (decision.kind) {
    case 'allow':
      if (rules.isKnownLive || onlyReadingCalls(rules.policy, messages)) return undefined
      return { kind: 'issuer-unavailable', detail: 'no feed of revocations is young enough for more than reading' }
    case 'insufficient-scope':
      return decision
    case 'deny': {
      const modern = (headers.get('mcp-protocol-version') ?? '') >= MODERN_REVISION
      const answer = buildDenial(messages, decision.tools, { batch, modern })
      return { kind: 'call-denied', tools: decision.tools, answer }
    }
    default:
      return decision satisfies never
  }
}

function refuse(refusal: Refusal): JudgedBody {
  return { ok: false, refusal }
}
