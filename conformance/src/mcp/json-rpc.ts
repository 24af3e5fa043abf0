import { headerOf, type WireAnswer } from '../wire/message.ts'

/** The answer to a JSON-RPC request, out of a body of JSON or the first message of an event stream. */
export type RpcAnswer =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly data: unknown }

/**
 * Reads what the server answered to one request.
 * @returns undefined when the body holds neither a result nor an error
 */
export function readRpc(answer: WireAnswer): RpcAnswer | undefined {
  return messagesOf(answer)
    .map(readMessage)
    .findLast((message) => message !== undefined)
}

/** The one thing that counts as acceptance of a credential: 2xx, and the result of the request that carried it. */
export function isAccepted(answer: WireAnswer): boolean {
  return isSuccess(answer) && readRpc(answer)?.kind === 'result'
}

export function isSuccess({ status }: WireAnswer): boolean {
  return status >= 200 && status < 300
}

function messagesOf(answer: WireAnswer): readonly unknown[] {
  const isStream = headerOf(answer, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true
  if (!isStream) return [parse(answer.body)].flat()
  return answer.body.split(/\r?\n\r?\n/).flatMap((event) => {
    const data = event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice('data:'.length).trimStart())
      .join('\n')
    return data === '' ? [] : [parse(data)].flat()
  })
}

function readMessage(message: unknown): RpcAnswer | undefined {
  if (!isRecord(message)) return undefined
  if (isRecord(message.result)) return { kind: 'result', result: message.result }
  if (!isRecord(message.error)) return undefined
  const { code, message: text, data } = message.error
  return typeof code === 'number' ? { kind: 'error', code, message: String(text), data } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
