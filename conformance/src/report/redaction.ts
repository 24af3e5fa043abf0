import type { Exchange, Header } from '../wire/message.ts'
import type { Evidence } from './report.ts'

const BODY_CHARACTERS_MAX = 4_000

/** Header values that are credentials; what is shown is the scheme and nothing of the secret. */
const SECRET_HEADERS = new Set(['authorization', 'cookie', 'set-cookie', 'proxy-authorization', 'dpop'])

// Compact JWS or JWE anywhere in a text, and the values of members and parameters that hold credentials.
const COMPACT = /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_.-]*/g
const NAMED =
  /(["']?(?:access_token|refresh_token|id_token|subject_token|client_secret|client_assertion|code|code_verifier|password)["']?\s*[:=]\s*["']?)([^"'&\s,}]+)/g

/** An exchange as a report may show it: no token, code, secret or cookie is left. */
export function redactExchange({ request, answer, error }: Exchange): Evidence {
  const target = redactText(request.url)
  const sent = [`${request.method} ${target}`, ...headerLines(request.headers), '', redactText(request.body ?? '')]
  const came =
    answer === undefined
      ? [`no answer: ${error ?? 'unknown'}`]
      : [String(answer.status), ...headerLines(answer.headers), '', redactText(answer.body)]
  return { request: sent.join('\n').trimEnd(), response: came.join('\n').trimEnd() }
}

export function redactText(text: string): string {
  const cut = text.length > BODY_CHARACTERS_MAX ? `${text.slice(0, BODY_CHARACTERS_MAX)}…` : text
  return cut.replace(COMPACT, '[token]').replace(NAMED, '$1[redacted]')
}

function headerLines(headers: readonly Header[]): readonly string[] {
  return headers.map(([name, value]) => `${name}: ${redactHeader(name, value)}`)
}

function redactHeader(name: string, value: string): string {
  if (!SECRET_HEADERS.has(name.toLowerCase())) return redactText(value)
  const [scheme] = value.split(' ')
  return value.includes(' ') ? `${scheme} [redacted]` : '[redacted]'
}
