import { issued } from '../canary/index.ts'
import { learnFromAnswer } from '../canary/learn-from-answer.ts'

/** A browser of the tests: keeps cookies by path, follows nothing by itself. */
export interface Browser {
  get(url: string): Promise<Response>
  post(
    url: string,
    form: Record<string, string | readonly string[]>,
    headers?: Record<string, string>,
  ): Promise<Response>
  readonly cookies: Map<string, Cookie>
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

export function createBrowser(): Browser {
  const cookies = new Map<string, Cookie>()
  const send = async (url: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set('Accept', 'text/html')
    const sent = cookieLine({ cookies }, new URL(url).pathname)
    if (sent !== '') headers.set('Cookie', sent)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    const setCookies = response.headers.getSetCookie()
    for (const line of setCookies) keep(cookies, line)
    const location = response.headers.get('location') ?? ''
    learnFromAnswer(issued, { setCookies, location, contentType: '', body: '' })
    return response
  }
  return {
    cookies,
    get: (url) => send(url, {}),
    post(url, form, headers = {}) {
      const entries = Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))
      return send(url, { method: 'POST', body: new URLSearchParams(entries), headers })
    },
  }
}

/** What a browser sends of its cookies to a path. */
export function cookieLine({ cookies }: Pick<Browser, 'cookies'>, pathname: string): string {
  return [...cookies.values()]
    .filter(({ path }) => path === '/' || pathname === path || pathname.startsWith(`${path}/`))
    .sort((a, b) => b.path.length - a.path.length)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}

function keep(cookies: Map<string, Cookie>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const at = pair.indexOf('=')
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
  const attribute = (wanted: string): string | undefined =>
    attributes.find((part) => part.toLowerCase().startsWith(`${wanted}=`))?.slice(wanted.length + 1)
  const path = attribute('path') ?? '/'
  const expires = attribute('expires')
  const gone = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now())
  if (gone) cookies.delete(`${name} ${path}`)
  else cookies.set(`${name} ${path}`, { name, value, path })
}

/**
 * A browser behind a balancer: whatever address of the issuer is named, the request goes where `at` says.
 * @param at the origin of a process, asked for each request
 */
export function createBalancedBrowser(issuer: string, at: () => string): Browser {
  const browser = createBrowser()
  const there = (url: string): string => (url.startsWith(issuer) ? at() + url.slice(issuer.length) : url)
  return {
    cookies: browser.cookies,
    get: (url) => browser.get(there(url)),
    post: (url, form, headers) => browser.post(there(url), form, headers),
  }
}

/** The value of a hidden or typed field of a page. */
export function fieldOf(html: string, name: string): string {
  const tag = html.match(new RegExp(`<input[^>]*name="${name}"[^>]*>`))?.[0] ?? ''
  return tag.match(/value="([^"]*)"/)?.[1] ?? ''
}

/** Every value of the checkboxes of that name, with whether they come ticked. */
export function boxesOf(html: string, name: string): { value: string; checked: boolean }[] {
  return [...html.matchAll(new RegExp(`<input[^>]*name="${name}"[^>]*>`, 'g'))].map(([tag]) => ({
    value: tag.match(/value="([^"]*)"/)?.[1] ?? '',
    checked: /\schecked(\s|>|=|\/)/.test(tag),
  }))
}
