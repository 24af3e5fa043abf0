import { isRecord } from '../mcp/json-rpc.ts'
import { jsonOf, type WireAnswer } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { isLasting } from './asking.ts'

/** Fetches a document, once a run. */
export function fetchDocument(wire: Wire, url: string): Promise<WireAnswer> {
  const fetch = (): Promise<WireAnswer> => wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
  return wire.once(`GET ${url}`, fetch, { keep: isLasting })
}

/** The JSON object of a 200; undefined for every other answer. */
export function documentOf(answer: WireAnswer): Readonly<Record<string, unknown>> | undefined {
  const value = answer.status === 200 ? jsonOf(answer) : undefined
  return isRecord(value) ? value : undefined
}
