import { PASSWORD, type TestServer } from '../setup/authorization-server.ts'
import { type Browser, boxesOf, createBrowser, fieldOf } from '../setup/browser.ts'

/** Where a navigation ended: a page of the server, or the client's callback. */
export interface Place {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly html: string
  /** Parameters of the client's callback; undefined on a page of the server. */
  readonly callback: URLSearchParams | undefined
}

type Fields = Record<string, string | readonly string[]>

/** A person with a browser of their own. */
export interface Person {
  readonly browser: Browser
  /** Opens an address and follows redirects to where they end. */
  open(url: string): Promise<Place>
  /** Sends the form of a page as it stands, with these fields changed, and goes on past pages that move on by themselves. */
  submit(place: Place, fields: Fields): Promise<Place>
  /** Sends any form to any address and follows nothing. */
  post(url: string, fields: Fields): Promise<Response>
}

const REDIRECTS_MAX = 10

/** @param browser its cookies; a new one when left out */
export function createPerson(server: TestServer, browser: Browser = createBrowser()): Person {
  // A proxy in front of the server speaks TLS; the test speaks to what is behind it.
  const reach = (url: string): string =>
    url.startsWith(server.issuer) ? new URL(new URL(url).pathname + new URL(url).search, server.origin).href : url
  const follow = async (first: Response, from: string): Promise<Place> => {
    let [response, url] = [first, from]
    for (let step = 0; step < REDIRECTS_MAX; step += 1) {
      const location = response.headers.get('location')
      if (location === null) return placeOf(url, response)
      url = new URL(location, url).href
      if (!url.startsWith(server.issuer) && !url.startsWith(server.origin)) return callbackOf(url)
      response = await browser.get(reach(url))
    }
    throw new Error(`too many redirects, last ${url}`)
  }
  const open = async (url: string): Promise<Place> => follow(await browser.get(reach(url)), url)
  const post = (url: string, fields: Fields): Promise<Response> => browser.post(reach(url), fields)
  return {
    browser,
    open,
    post,
    async submit(place, fields) {
      const there = await follow(await post(place.url, { csrf: fieldOf(place.html, 'csrf'), ...fields }), place.url)
      const next = nextOf(there.html)
      return next === undefined ? there : open(new URL(next, there.url).href)
    },
  }
}

async function placeOf(url: string, response: Response): Promise<Place> {
  const { status, headers } = response
  return { url, status, headers, html: await response.text(), callback: undefined }
}

function callbackOf(url: string): Place {
  return { url, status: 0, headers: new Headers(), html: '', callback: new URL(url).searchParams }
}

/** Where a page moves on to, or undefined when it stays. */
export function nextOf(html: string): string | undefined {
  const link = html.match(/<a\b[^>]*\brel="next"[^>]*>/)?.[0]
  return link?.match(/href="([^"]*)"/)?.[1]
}

/** Opens an authorization request and signs in where a page asks for it. */
export async function signIn(
  person: Person,
  url: string,
  { login = 'alice', password = PASSWORD }: { login?: string; password?: string } = {},
): Promise<Place> {
  const place = await person.open(url)
  return place.url.endsWith('/sign-in') ? person.submit(place, { login, password }) : place
}

/** Decides on a consent page: the boxes as they stand unless named. */
export function decide(
  person: Person,
  place: Place,
  choice: { decision?: 'allow' | 'deny' | 'switch'; scopes?: readonly string[]; duration?: string } = {},
): Promise<Place> {
  const { decision = 'allow', scopes = tickedScopes(place.html), duration } = choice
  return person.submit(place, { scope: scopes, decision, ...(duration === undefined ? {} : { duration }) })
}

export function tickedScopes(html: string): string[] {
  return boxesOf(html, 'scope')
    .filter(({ checked }) => checked)
    .map(({ value }) => value)
}

export function offeredScopes(html: string): string[] {
  return boxesOf(html, 'scope').map(({ value }) => value)
}
