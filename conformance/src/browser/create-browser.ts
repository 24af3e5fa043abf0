import { type Header, headerOf, headersOf, type WireAnswer, type WireRequest } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import type { Answers, Arrival, Browser } from './browser.ts'
import { type CookieJar, createCookieJar } from './cookie-jar.ts'
import { type Entry, nextStep } from './next-step.ts'
import { readPage } from './page.ts'

/** Sign-in, consent and what lies between them are some ten requests; what takes more goes in circles. */
const REQUESTS_MAX = 30
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export interface BrowserOptions {
  /** Origins beside that of the authorization request whose pages belong to the authorization server. */
  readonly origins?: readonly string[]
  /** Milliseconds since the epoch, for cookies. */
  readonly clock?: () => number
}

/** Makes a browser that sends over this wire alone, and goes to nobody but the authorization server. */
export function createBrowser(wire: Wire, { origins = [], clock = Date.now }: BrowserOptions = {}): Browser {
  const jar = createCookieJar()
  return {
    authorize(url, redirectUri, answers) {
      const own = new Set([new URL(url).origin, ...origins])
      return walk({ wire, jar, own, clock, redirectUri }, { method: 'GET', url, headers: [] }, answers)
    },
  }
}

/** Whether a URL is the redirect URI with whatever parameters: scheme, host, port and path count, loopback ports too. */
export function isAtRedirectUri(url: URL, redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false
  const expected = new URL(redirectUri)
  return url.protocol === expected.protocol && url.host === expected.host && url.pathname === expected.pathname
}

interface Walk {
  readonly wire: Wire
  readonly jar: CookieJar
  /** Where this browser goes: a password is typed nowhere else. */
  readonly own: ReadonlySet<string>
  readonly clock: () => number
  readonly redirectUri: string
}

/** Where one answer leads. */
type Onward =
  | { readonly kind: 'request'; readonly request: WireRequest; readonly purpose?: string }
  | { readonly kind: 'end'; readonly arrival: Exclude<Arrival, { kind: 'redirected' }> }

async function walk(trip: Walk, first: WireRequest, answers: Answers): Promise<Arrival> {
  const pages: WireAnswer[] = []
  const done = new Set<string>()
  let request = first
  let answer = await visit(trip, request)
  for (let count = 1; count < REQUESTS_MAX; count += 1) {
    const onward = afterRedirect(request, answer) ?? afterPage(request, answer, answers, pages)
    if (onward.kind === 'end') return onward.arrival
    // A form that comes back was not accepted as it was filled in, and would not be the second time.
    if (onward.purpose === 'sign-in' && done.has('sign-in')) {
      return { kind: 'stuck', why: 'the sign-in form came again: login or password is not accepted', answer, pages }
    }
    done.add(onward.purpose ?? '')
    request = onward.request
    const target = new URL(request.url)
    if (isAtRedirectUri(target, trip.redirectUri)) return { kind: 'redirected', to: target, pages }
    if (!trip.own.has(target.origin)) return { kind: 'stuck', why: leavesFor(target), answer, pages }
    answer = await visit(trip, request)
  }
  return { kind: 'stuck', why: `${REQUESTS_MAX} requests led nowhere`, answer, pages }
}

function leavesFor({ protocol, host }: URL): string {
  return `it leads to ${protocol}//${host}, which is neither the authorization server nor the redirect URI`
}

async function visit({ wire, jar, clock }: Walk, request: WireRequest): Promise<WireAnswer> {
  const url = new URL(request.url)
  url.hash = ''
  const cookies = jar.headerFor(url, clock())
  const headers: readonly Header[] = [
    ['accept', 'text/html,application/xhtml+xml'],
    ...request.headers,
    ...(cookies === undefined ? [] : [['cookie', cookies] as const]),
  ]
  const answer = await wire.send({ ...request, url: url.href, headers })
  jar.keep(url, headersOf(answer, 'set-cookie'), clock())
  return answer
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4 */
function afterRedirect(request: WireRequest, answer: WireAnswer): Onward | undefined {
  const location = REDIRECTS.has(answer.status) ? headerOf(answer, 'location') : undefined
  if (location === undefined || !URL.canParse(location, request.url)) return undefined
  const url = new URL(location, request.url).href
  const isKept = answer.status >= 307 || request.method === 'GET'
  return { kind: 'request', request: isKept ? { ...request, url } : { method: 'GET', url, headers: [] } }
}

function afterPage(request: WireRequest, answer: WireAnswer, answers: Answers, pages: WireAnswer[]): Onward {
  pages.push(answer)
  const shown = [...pages]
  if (!/html/i.test(headerOf(answer, 'content-type') ?? '')) {
    const why = `it answered ${answer.status} without a page`
    return {
      kind: 'end',
      arrival:
        answer.status >= 400 ? { kind: 'refused', answer, pages: shown } : { kind: 'stuck', why, answer, pages: shown },
    }
  }
  const step = nextStep(readPage(answer.body, request.url), answer.status, answers)
  switch (step.kind) {
    case 'follow':
      return { kind: 'request', request: { method: 'GET', url: step.url, headers: [] } }
    case 'submit':
      return { kind: 'request', purpose: step.purpose, request: submission(step.form, step.entries, request.url) }
    case 'error page':
      return { kind: 'end', arrival: { kind: 'refused', answer, pages: shown } }
    case 'stuck':
      return { kind: 'end', arrival: { kind: 'stuck', why: step.why, answer, pages: shown } }
    default:
      return step satisfies never
  }
}

function submission(
  form: { readonly action: string; readonly method: 'get' | 'post' },
  entries: readonly Entry[],
  from: string,
): WireRequest {
  const body = new URLSearchParams(entries.map(([name, value]) => [name, value])).toString()
  if (form.method === 'post') {
    const headers: readonly Header[] = [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['origin', new URL(from).origin],
    ]
    return { method: 'POST', url: form.action, headers, body }
  }
  const url = new URL(form.action)
  url.search = body
  return { method: 'GET', url: url.href, headers: [] }
}
