import { isRecord } from '../mcp/json-rpc.ts'
import type { AllowedCall } from '../server/subject.ts'
import { UsageError } from './usage-error.ts'

/**
 * Reads a call of a tool, `tool` or `tool={"argument": "value"}`.
 * @param flag that it was given by
 * @throws UsageError
 */
export function readCall(flag: string, text: string): AllowedCall {
  const at = text.indexOf('=')
  const tool = at === -1 ? text : text.slice(0, at)
  const args = at === -1 ? {} : parse(text.slice(at + 1))
  if (tool === '' || !isRecord(args)) throw new UsageError(`${flag} ${text}: write tool={"argument": "value"}`)
  return { tool, args }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
