import { documentOf } from '../../server/discovery/documents.ts'
import { reachOf } from '../address.ts'
import { differenceOf } from '../difference.ts'
import { PAGE_WORDS, pageIn } from '../page.ts'
import { explainSilence } from '../reach/silence.ts'
import type { Reply } from '../reply.ts'
import { type Ailing, ok, type Step, stop } from '../step.ts'

/** One look for the metadata of the authorization server. */
export interface IssuerLookup {
  readonly address: string
  readonly reply: Reply
}

export function issuerDocument({ reply }: IssuerLookup): Readonly<Record<string, unknown>> | undefined {
  return reply.kind === 'answered' ? documentOf(reply.answer) : undefined
}

/**
 * Whether clients find the metadata of the authorization server.
 * @param lookups every address in their order, up to the first that had it
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.1
 */
export function judgeIssuerLookups(issuer: string, lookups: readonly IssuerLookup[]): Step {
  const found = lookups.find((lookup) => issuerDocument(lookup) !== undefined)
  if (found !== undefined) return ok('issuer-metadata', `Its metadata is at ${found.address}.`)
  const silent = lookups.find(({ reply }) => reply.kind === 'silent')
  if (silent !== undefined && silent.reply.kind === 'silent') {
    const { saw, change } = explainSilence(silent.address, silent.reply)
    const name = reachOf(issuer) === 'private' ? ' The name looks like one that only containers or an office know.' : ''
    return stop('issuer-metadata', { ailment: 'issuer-unreachable', saw: `${saw}${name}`, change })
  }
  return stop('issuer-metadata', whyNone(issuer, lookups))
}

function whyNone(issuer: string, lookups: readonly IssuerLookup[]): Ailing {
  const answered = lookups.flatMap(({ address, reply }) =>
    reply.kind === 'answered' ? [{ address, answer: reply.answer }] : [],
  )
  const shown = answered.find(({ answer }) => answer.status === 200 && pageIn(answer) !== undefined)
  if (shown !== undefined) {
    return {
      ailment: 'issuer-shadowed',
      saw: `${shown.address} answers ${PAGE_WORDS[pageIn(shown.answer) ?? 'page']}, and no metadata.`,
      change: 'Route /.well-known/ to the authorization server before the catch-all of its web pages.',
    }
  }
  const broken = answered.find(({ answer }) => answer.status >= 500)
  if (broken !== undefined) {
    return {
      ailment: 'issuer-error',
      saw: `${broken.address} answers ${broken.answer.status}.`,
      change: 'Look into the log of the authorization server, and of the proxy before it.',
    }
  }
  return {
    ailment: 'issuer-metadata-not-there',
    saw: `No metadata of ${issuer} at ${answered.map(({ address, answer }) => `${address} (${answer.status})`).join(', ')}.`,
    change:
      'Name the issuer identifier itself, not the URL of a page or an endpoint (with Keycloak it ends with /realms/<name>), and serve its metadata there.',
  }
}

/** Whether the authorization server calls itself what the MCP server called it. */
export function judgeIssuerName(issuer: string, stated: unknown): Step {
  const change =
    'Write the issuer in the same characters in the metadata of the MCP server, in its token checks, and in the authorization server. Keep it as text: URL objects add slashes.'
  if (typeof stated !== 'string') {
    const saw = 'The metadata of the authorization server has no `issuer`; clients refuse it.'
    return stop('issuer-name', { ailment: 'issuer-other', saw, change })
  }
  const { kind, words } = differenceOf(issuer, stated)
  if (kind === 'none') return ok('issuer-name', 'It calls itself the same, character for character.')
  const saw = `The MCP server and the authorization server write its name differently: ${words}. Clients that compare refuse it.`
  return stop('issuer-name', { ailment: `issuer-${kind}`, saw, change })
}
