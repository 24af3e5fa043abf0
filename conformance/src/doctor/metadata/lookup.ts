import { bearerParameters } from '../../server/challenge.ts'
import { documentOf, isJsonType } from '../../server/discovery/documents.ts'
import { metadataAddresses } from '../../server/metadata-search.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import { isNarrower, lostTls } from '../address.ts'
import { PAGE_WORDS, pageIn } from '../page.ts'
import { PROXY_ADVICE } from '../proxy-advice.ts'
import { explainSilence } from '../reach/silence.ts'
import type { Answered, Reply } from '../reply.ts'
import { type Ailing, ok, type Step, stop, warn } from '../step.ts'

/** How a client came to look at an address. */
export type Way = 'challenge' | 'beside' | 'root'

export interface Place {
  readonly address: string
  readonly by: Way
}

/** One look, and what came of it. */
export interface Lookup extends Place {
  readonly reply: Reply
  /** Where it redirected to, and what was there. */
  readonly followed?: { readonly address: string; readonly reply: Reply }
}

/** Where clients look for the metadata, in their order. @see https://www.rfc-editor.org/rfc/rfc9728#section-3.1 */
export function placesOf(url: string, refusal: WireAnswer): readonly Place[] {
  const named = bearerParameters(refusal)?.get('resource_metadata')
  const { pathname } = new URL(url)
  return metadataAddresses(url, refusal).map((address) => {
    if (address === named) return { address, by: 'challenge' }
    return { address, by: pathname !== '/' && new URL(address).pathname.endsWith(pathname) ? 'beside' : 'root' }
  })
}

/** The document that a client reads here; undefined when it reads none. */
export function documentIn({ reply, followed }: Lookup): Readonly<Record<string, unknown>> | undefined {
  const last = followed?.reply ?? reply
  return last.kind === 'answered' ? documentOf(last.answer) : undefined
}

/** Whether clients look no further: what a challenge names they believe, and a page they take for the document. */
export function endsSearch(lookup: Lookup): boolean {
  if (documentIn(lookup) !== undefined || lookup.by === 'challenge') return true
  return lookup.reply.kind === 'answered' && (lookup.reply.answer.status === 200 || lookup.reply.answer.status >= 500)
}

/**
 * Judges the search by its last look, at which it ended.
 * @param url as the operator typed it
 */
export function judgeLookup(url: string, lookup: Lookup): Step {
  const { address, reply, followed } = lookup
  if (documentIn(lookup) === undefined) return stop('metadata', whyNone(url, lookup))
  if (followed !== undefined) {
    const saw = `${address} redirects to ${followed.address}; some clients do not follow.`
    return warn('metadata', {
      ailment: 'metadata-redirected',
      saw,
      change: `Answer the document at ${address} itself.`,
    })
  }
  if (reply.kind === 'answered' && !isJsonType(reply.answer)) {
    const type = headerOf(reply.answer, 'content-type') ?? 'no type'
    const saw = `${address} is JSON and comes as ${type}; some clients refuse it.`
    return warn('metadata', { ailment: 'metadata-type', saw, change: 'Send it as application/json.' })
  }
  return ok('metadata', `The metadata is at ${address}.`)
}

function whyNone(url: string, { address, by, reply, followed }: Lookup): Ailing {
  const last = followed?.reply ?? reply
  if (lostTls(address, url)) {
    const saw = `The challenge names ${address} by http, and no metadata is there.`
    return { ailment: 'forwarded-proto', saw, change: PROXY_ADVICE }
  }
  if (last.kind === 'silent') {
    const silence = explainSilence(followed?.address ?? address, last)
    const inside = by === 'challenge' && isNarrower(address, url)
    return inside
      ? { ailment: 'internal-address', saw: `The challenge names ${silence.saw}`, change: PROXY_ADVICE }
      : { ...silence, ailment: 'metadata-unreachable' }
  }
  if (followed !== undefined) {
    const saw = `${address} redirects to ${followed.address}, where no metadata is.`
    return { ailment: 'metadata-redirected', saw, change: `Route ${pathOf(address)} to the MCP server.` }
  }
  return whyNotInAnswer(url, { address, by }, last)
}

function whyNotInAnswer(url: string, { address, by }: Place, { answer }: Answered): Ailing {
  const { status } = answer
  const page = pageIn(answer)
  const saw = `${address} answers ${status}${page === undefined ? '' : ` with ${PAGE_WORDS[page]}`}, and no metadata.`
  const route = `Route ${pathOf(address)} to the MCP server`
  if (page === 'sign-in') {
    return { ailment: 'metadata-guarded', saw, change: `${route}, past the single sign-on proxy.` }
  }
  if (status === 200 && page !== undefined) {
    return {
      ailment: 'well-known-shadowed',
      saw,
      change: `${route} before the catch-all of the web application, which answers every path with its page.`,
    }
  }
  if (status === 200) {
    return { ailment: 'metadata-not-json', saw, change: 'Answer one JSON object there (RFC 9728 section 3.2).' }
  }
  if (status === 401 || status === 403) {
    return { ailment: 'metadata-guarded', saw, change: `Answer ${pathOf(address)} without asking for a token.` }
  }
  if (status >= 500) {
    return { ailment: 'metadata-error', saw, change: 'Look into the logs of proxy and server for this path.' }
  }
  return by === 'challenge' && hasLostPrefix(address, url)
    ? {
        ailment: 'prefix-stripped',
        saw: `The challenge names ${address}, which answers ${status}: it lacks the beginning of the path of ${url}.`,
        change: `A proxy takes the beginning of the path off: ${lower(PROXY_ADVICE)}`,
      }
    : {
        ailment: 'metadata-not-there',
        saw,
        change: `${route}: the load balancer has to pass it on beside ${pathOf(url)}, and the server to serve it.`,
      }
}

/** The path that the server knows itself by is the end of the one that clients use. */
function hasLostPrefix(address: string, url: string): boolean {
  const known = new URL(address).pathname.replace('/.well-known/oauth-protected-resource', '')
  const used = new URL(url).pathname
  return known !== '' && known !== used && used.endsWith(known)
}

const pathOf = (address: string): string => new URL(address).pathname
const lower = (sentence: string): string => `${sentence[0]?.toLowerCase()}${sentence.slice(1)}`
