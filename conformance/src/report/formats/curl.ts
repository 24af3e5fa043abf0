import type { CheckReport, Evidence } from '../report.ts'
import { printable } from './plain-text.ts'

/** Said by the transport itself: a copy of them would contradict it. */
const OF_TRANSPORT = new Set(['content-length', 'host', 'connection', 'transfer-encoding'])
const HIDDEN = /\[(?:redacted|token[^\]]*)\]/g

/**
 * The line that sends the last request of a check once more.
 * @returns undefined where nobody can: what a client sent came to listeners that are gone
 */
export function curlLineOf({
  requirement,
  evidence,
}: Pick<CheckReport, 'requirement' | 'evidence'>): string | undefined {
  if (requirement.startsWith('CL-')) return undefined
  return evidence.map(curlOf).findLast((line) => line !== undefined)
}

/**
 * The line that sends a request once more. What was redacted is a variable of the shell: `$TOKEN` where a credential belongs,
 * `$SESSION` for a session, `$SECRET` elsewhere.
 * @returns undefined for evidence without a request
 */
export function curlOf({ request }: Evidence): string | undefined {
  const [head, ...rest] = splitOnce(printable(request), '\n\n')
  const [first = '', ...headers] = head.split('\n')
  const [, method, url] = /^([A-Z]+) (\S.*)$/.exec(first) ?? []
  if (method === undefined || url === undefined) return undefined
  const words = ['curl', '-i', ...(method === 'GET' ? [] : ['-X', method]), quoted(url, 'TOKEN')]
  for (const line of headers) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase()
    if (OF_TRANSPORT.has(name)) continue
    words.push('-H', quoted(line, name === 'mcp-session-id' ? 'SESSION' : 'TOKEN'))
  }
  const [body] = rest
  if (body !== undefined && body !== '') words.push('--data-raw', quoted(body, 'SECRET'))
  return words.join(' ')
}

function splitOnce(text: string, by: string): readonly [string, string?] {
  const at = text.indexOf(by)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + by.length)]
}

/** Within single quotes a shell reads nothing, so a server's text cannot become a command. */
function quoted(text: string, variable: string): string {
  return text
    .split(HIDDEN)
    .map((part) => `'${part.replaceAll("'", `'\\''`)}'`)
    .join(`"$${variable}"`)
    .replaceAll(/(?<="\$\w+")''$|^''(?="\$)/g, '')
}
