import type { Exchange, Header } from '../wire/message.ts'
import type { Evidence } from './report.ts'
import { isErrorName, isSecretName } from './secret-names.ts'
import { createSecretScan } from './secret-scan.ts'
import { COMPACT, MEMBER, PARAMETER, secretValues } from './secret-values.ts'
import { describeToken } from './token-words.ts'

const BODY_CHARACTERS_MAX = 4_000
/** Read beyond what is shown, so that a credential at the cut is seen whole; and no further, because a body is written by strangers. */
const BODY_CHARACTERS_READ = 24_000

/** `token: 8f3a…`, `password 8f3a…` in a sentence; what is shorter is a word of that sentence. */
const SPOKEN =
  /\b(token|secret|password|api.?key|session|authorization|code)(["']?(?:\s{1,4}|\s{0,4}[:=]\s{0,4})["']?)([\w.~+/-]{16,}=*)/gi
const SCHEME = /\b(bearer|basic|dpop)(\s{1,4})(?![\w-]{1,64}=["\w])([\w.~+/-]{20,}=*)/gi

/** Exchanges as a report may show them, and what takes the same secrets out of any other text of the same run. */
export interface Redaction {
  readonly evidence: readonly Evidence[]
  text(text: string): string
}

/**
 * Takes every token, code, secret and cookie out of exchanges, two times over: by the values that were found in any of them, and by
 * what a text looks like.
 * @param known credentials of the run beside those that the exchanges carry
 */
export function redactExchanges(exchanges: readonly Exchange[], known: readonly string[] = []): Redaction {
  const scan = createSecretScan([...known, ...secretValues(exchanges)])
  const text = (raw: string): string => redacted(raw, scan)
  const headerLines = (headers: readonly Header[]): readonly string[] =>
    headers.map(([name, value]) => `${text(name)}: ${headerValue(name, value, text)}`)
  const evidence = exchanges.map(({ request, answer, error }) => {
    const sent = [`${request.method} ${url(request.url, text)}`, ...headerLines(request.headers), '']
    const came =
      answer === undefined
        ? [`no answer: ${text(error ?? 'unknown')}`]
        : [String(answer.status), ...headerLines(answer.headers), '', text(answer.body)]
    return { request: [...sent, text(request.body ?? '')].join('\n').trimEnd(), response: came.join('\n').trimEnd() }
  })
  return { evidence, text }
}

/** One exchange alone. */
export function redactExchange(exchange: Exchange): Evidence {
  return redactExchanges([exchange]).evidence[0] ?? { request: '', response: '' }
}

/** A text of which nothing more is known. */
export function redactText(text: string): string {
  return redacted(text, (raw) => raw)
}

function redacted(raw: string, scan: (text: string) => string): string {
  const clean = byLooks(scan(raw.slice(0, BODY_CHARACTERS_READ)))
  return raw.length > BODY_CHARACTERS_READ || clean.length > BODY_CHARACTERS_MAX
    ? `${clean.slice(0, BODY_CHARACTERS_MAX)}…`
    : clean
}

function byLooks(text: string): string {
  return text
    .replace(COMPACT, '[token]')
    .replace(MEMBER, (all, quote: string, name: string, colon: string, open: string, value: string) =>
      isHidden(name, value) ? `${quote}${name}${quote}${colon}${open}[redacted]` : all,
    )
    .replace(PARAMETER, (all, before: string, name: string, equals: string, value: string) =>
      isHidden(name, value) ? `${before}${name}${equals}[redacted]` : all,
    )
    .replace(SPOKEN, (all, name: string, between: string, value: string) =>
      isHidden(name, value) && /\d/.test(value) ? `${name}${between}[redacted]` : all,
    )
    .replace(SCHEME, '$1$2[redacted]')
}

const isHidden = (name: string, value: string): boolean =>
  isSecretName(name) && !isErrorName(name, value) && !/^\[(?:token|redacted)/.test(value)

/** A password before the host is hidden with the name beside it. */
function url(raw: string, text: (raw: string) => string): string {
  return text(raw.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1[redacted]@'))
}

function headerValue(name: string, value: string, text: (raw: string) => string): string {
  if (!isSecretName(name)) return url(value, text)
  const [, scheme, credentials] = /^(bearer|basic|dpop|digest)\s+(.*)$/i.exec(value) ?? []
  if (scheme === undefined || credentials === undefined) return '[redacted]'
  return `${scheme} [${text(describeToken(credentials) ?? 'redacted')}]`
}
