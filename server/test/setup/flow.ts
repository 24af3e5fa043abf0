import { createHash, randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import { issued } from '../canary/index.ts'
import { learnParsed } from '../canary/learn-from-answer.ts'
import { PASSWORD, RESOURCE, type TestServer } from './authorization-server.ts'
import { type Browser, boxesOf, createBrowser, fieldOf } from './browser.ts'

export const REDIRECT = 'http://127.0.0.1:51234/callback'

/** One authorization, from the client's side. */
export interface Authorization {
  readonly clientId: string
  readonly verifier: string
  readonly url: string
  readonly state: string
}

/** What came back to the client. */
export interface Callback {
  readonly url: string
  readonly params: URLSearchParams
  readonly code: string
  /** The pages that the person saw on the way, in order. */
  readonly pages: readonly { readonly url: string; readonly html: string }[]
}

/** Where a server is: all that a person's browser knows of it. */
type Place = Pick<TestServer, 'origin' | 'issuer'>

/** Registers a public client that is like no other and returns its id. */
export async function register(server: TestServer, metadata: Record<string, unknown> = {}): Promise<string> {
  const response = await fetch(`${server.issuer}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      // Who says the same of itself is the same client.
      client_name: `Test client ${randomBytes(8).toString('hex')}`,
      redirect_uris: ['http://127.0.0.1/callback'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  })
  const body: { client_id?: string } = await response.json()
  learnParsed(issued, body)
  if (body.client_id === undefined) expect.fail(`registration failed: ${JSON.stringify(body)}`)
  return body.client_id
}

/** Builds an authorization request; `undefined` leaves a parameter out. */
export function authorization(
  server: TestServer,
  clientId: string,
  overrides: Record<string, string | undefined> = {},
): Authorization {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(8).toString('base64url')
  const params = Object.entries({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: RESOURCE,
    state,
    ...overrides,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { clientId, verifier, state, url: `${server.issuer}/authorize?${new URLSearchParams(params)}` }
}

/** Walks redirects inside the issuer until a page or the client's callback is reached. */
export async function walk(
  server: Place,
  browser: Browser,
  from: string,
): Promise<{ url: string; response?: Response }> {
  let url = from
  for (let step = 0; step < 10; step += 1) {
    if (!url.startsWith(server.origin) && !url.startsWith(server.issuer)) return { url }
    const response = await browser.get(url)
    const location = response.headers.get('location')
    if (location === null) return { url, response }
    url = new URL(location, url).href
  }
  throw new Error(`too many redirects, last ${url}`)
}

export interface Decision {
  readonly decision?: 'allow' | 'deny' | 'switch'
  readonly scopes?: readonly string[]
  readonly duration?: string
  readonly login?: string
  readonly password?: string
}

// Sign-in, consent and the page after each; more is a loop.
const MOST_PAGES = 6

/** Sends the person through whatever pages come, to the callback. */
export async function approve(
  server: Place,
  request: Pick<Authorization, 'url'>,
  decision: Decision = {},
  browser: Browser = createBrowser(),
): Promise<Callback> {
  let { url, response } = await walk(server, browser, request.url)
  const pages: { url: string; html: string }[] = []
  while (response !== undefined && pages.length < MOST_PAGES) {
    const html = await response.text()
    pages.push({ url, html })
    if (url.endsWith('/continue')) {
      ;({ url, response } = await walk(server, browser, new URL(nextOf(html), url).href))
      continue
    }
    const form = url.endsWith('/sign-in') ? signInForm(html, decision) : consentForm(html, decision)
    const posted = await browser.post(url, form)
    const location = posted.headers.get('location')
    if (location === null) throw new Error(`${url} answered ${posted.status}: ${await posted.text()}`)
    ;({ url, response } = await walk(server, browser, new URL(location, url).href))
  }
  const params = new URL(url).searchParams
  return { url, params, code: params.get('code') ?? '', pages }
}

function signInForm(html: string, decision: Decision): Record<string, string> {
  const { login = 'alice', password = PASSWORD } = decision
  return { csrf: fieldOf(html, 'csrf'), login, password }
}

function consentForm(html: string, decision: Decision): Record<string, string | readonly string[]> {
  const ticked = boxesOf(html, 'scope')
    .filter(({ checked }) => checked)
    .map(({ value }) => value)
  const { scopes = ticked, duration, decision: button = 'allow' } = decision
  const chosen = duration === undefined ? {} : { duration }
  return { csrf: fieldOf(html, 'csrf'), scope: scopes, decision: button, ...chosen }
}

function nextOf(html: string): string {
  return (
    html
      .match(/<a[^>]*rel="next"[^>]*href="([^"]*)"|<a[^>]*href="([^"]*)"[^>]*rel="next"/)
      ?.slice(1)
      .find(Boolean) ?? ''
  )
}

/** The answer of an endpoint of clients, above all of that for tokens. */
export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, string | number | undefined>
}

export function tokenRequest(
  server: TestServer,
  form: Record<string, string | undefined>,
  headers: HeadersInit = {},
): Promise<TokenAnswer> {
  const entries = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return post(server, '/token', new URLSearchParams(entries), headers)
}

/** Posts a form to an endpoint of clients. @param endpoint its path below that of the issuer */
export async function post(
  server: TestServer,
  endpoint: string,
  form: URLSearchParams,
  headers: HeadersInit,
): Promise<TokenAnswer> {
  const path = new URL(server.issuer).pathname.replace(/\/$/, '')
  const response = await fetch(server.origin + path + endpoint, { method: 'POST', headers, body: form })
  const body: TokenAnswer['body'] = await response.json()
  learnParsed(issued, body)
  return { status: response.status, headers: response.headers, body }
}

export function redeem(
  server: TestServer,
  request: Authorization,
  code: string,
  overrides: Record<string, string | undefined> = {},
  headers: HeadersInit = {},
): Promise<TokenAnswer> {
  const form = {
    grant_type: 'authorization_code',
    client_id: request.clientId,
    code,
    redirect_uri: REDIRECT,
    code_verifier: request.verifier,
    resource: RESOURCE,
  }
  return tokenRequest(server, { ...form, ...overrides }, headers)
}

export function refresh(
  server: TestServer,
  clientId: string,
  refreshToken: string,
  overrides: Record<string, string | undefined> = {},
  headers: HeadersInit = {},
): Promise<TokenAnswer> {
  const form = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }
  return tokenRequest(server, { ...form, ...overrides }, headers)
}

/** Register, authorize, sign in, consent, redeem. */
export async function signInAndRedeem(
  server: TestServer,
  overrides: Record<string, string | undefined> = {},
  decision: Decision = {},
  metadata: Record<string, unknown> = {},
) {
  const clientId = await register(server, metadata)
  const request = authorization(server, clientId, overrides)
  const callback = await approve(server, request, decision)
  const tokens = await redeem(server, request, callback.code)
  return { clientId, request, callback, tokens }
}
