import type { Issued } from '../canary/issued.ts'
import { findShape, withoutTypedLogin } from '../canary/patterns.ts'
import type { Ask } from './ask.ts'
import type { Answer } from './wire.ts'

/** Words of our insides, which no answer has. */
const INSIDES =
  /node_modules|\bat (?:async )?[\w.<>]+ \(|file:\/\/\/|\.ts:\d+|postgres(?:ql)?:\/\/|violates |syntax error at|invalid byte sequence|TypeError|RangeError|SyntaxError:/

/** What is wrong with an answer, whatever was asked; undefined for nothing. */
export function judgeAnswer(ask: Ask, answer: Answer, issued: Pick<Issued, 'find'>): string | undefined {
  if (answer.hung) return 'there was no answer'
  if (answer.status === 0) return mayBeCutOff(ask) ? undefined : 'the connection ended without an answer'
  if (answer.status >= 500) return `the status is ${answer.status}: ${answer.body}`
  // A browser that has a cookie may be given it again.
  const told = [...answer.headers].filter(([name]) => name !== 'set-cookie')
  const head = told.map(([name, value]) => `${name}: ${value}`).join('\n')
  const insides = INSIDES.exec(answer.body)?.[0]
  if (insides !== undefined) return `the answer tells of the insides: ${insides}`
  if (answer.status < 400) return undefined
  const leak = issued.find(`${head}\n${withoutTypedLogin(answer.body)}`) ?? findShape(answer.body)
  if (leak !== undefined) return `the refusal holds ${leak}`
  return judgeRefusal(answer)
}

// Who asks for a tunnel, or hangs up in the middle, is cut off.
function mayBeCutOff({ method, framing }: Ask): boolean {
  return method === 'CONNECT' || framing === 'cut short'
}

/** A refusal in JSON has the members that clients and operators go by. @see RFC 6749 §5.2 */
function judgeRefusal({ headers, body }: Answer): string | undefined {
  // Neither Node's own answer to what is no HTTP nor those of the management port, which machines read.
  if (body === '' || !headers.has('x-correlation-id')) return undefined
  if (!(headers.get('content-type') ?? '').includes('json')) return undefined
  const parsed = parse(body)
  if (parsed === undefined) return 'the refusal says JSON and is none'
  if (typeof parsed.error !== 'string') return 'the refusal has no error'
  if (!/^SALLYPORT_E_[A-Z_]+$/.test(String(parsed.error_code))) return `the refusal has no code of ours: ${body}`
  return parsed.error_code === 'SALLYPORT_E_INTERNAL' ? 'nobody thought of this error' : undefined
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
