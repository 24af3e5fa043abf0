import { expect } from 'vitest'
import type { TestServer } from '../setup/authorization-server.ts'
import { type Browser, createBrowser } from '../setup/browser.ts'
import { approve, authorization } from '../setup/flow.ts'

/** How the server answered an authorization request. */
export type Answer =
  | { readonly kind: 'interaction'; readonly status: number; readonly path: string; readonly headers: Headers }
  | { readonly kind: 'page'; readonly status: number; readonly html: string; readonly headers: Headers }
  | { readonly kind: 'callback'; readonly status: number; readonly url: URL; readonly headers: Headers }

/** A parameter list that may say one thing several times; `undefined` leaves a parameter out. */
export type Overrides = Readonly<Record<string, string | readonly string[] | undefined>>

/** Sends one authorization request and follows nothing. */
export async function ask(server: TestServer, clientId: string, overrides: Overrides = {}): Promise<Answer> {
  return send(server, authorizeUrl(server, clientId, overrides))
}

const agreed = new Map<string, Promise<Browser>>()

/** The same in the browser of a person who has agreed to this client: its errors go back to it. */
export async function askAgreed(server: TestServer, clientId: string, overrides: Overrides = {}): Promise<Answer> {
  const key = `${server.issuer} ${clientId}`
  const browser = agreed.get(key) ?? agree(server, clientId)
  agreed.set(key, browser)
  return send(server, authorizeUrl(server, clientId, overrides), await browser)
}

async function agree(server: TestServer, clientId: string): Promise<Browser> {
  const browser = createBrowser()
  const { code } = await approve(server, authorization(server, clientId), {}, browser)
  expect(code).not.toBe('')
  return browser
}

export function authorizeUrl(server: TestServer, clientId: string, overrides: Overrides = {}): string {
  const url = new URL(authorization(server, clientId, { state: 'the state' }).url)
  for (const [name, value] of Object.entries(overrides)) {
    url.searchParams.delete(name)
    for (const one of [value ?? []].flat()) url.searchParams.append(name, one)
  }
  return url.href
}

export async function send(server: TestServer, url: string, browser = createBrowser()): Promise<Answer> {
  const response = await browser.get(url)
  const { status, headers } = response
  const location = headers.get('location')
  if (location === null) return { kind: 'page', status, html: await response.text(), headers }
  if (location.startsWith('/')) return { kind: 'interaction', status, path: location, headers }
  expect(location.startsWith(server.issuer)).toBe(false)
  return { kind: 'callback', status, url: new URL(location), headers }
}

/** Expects the request to be taken: a person is asked. */
export async function expectTaken(answer: Promise<Answer>): Promise<void> {
  const taken = await answer
  expect(taken).toMatchObject({ kind: 'interaction', status: 303 })
}

/** Expects a refusal on its way to the client, complete: error, our code, the id, state and issuer, each once. */
export async function expectRefusal(
  server: TestServer,
  answer: Promise<Answer>,
  error: string,
): Promise<URLSearchParams> {
  const refused = await answer
  if (refused.kind !== 'callback') expect.fail(`expected ${error}, got ${JSON.stringify(refused)}`)
  expect(refused.status).toBe(303)
  const params = refused.url.searchParams
  expect(Object.fromEntries(params)).toEqual({
    error,
    error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
    error_code: expect.stringMatching(/^SALLYPORT_E_(?!INTERNAL)/),
    correlation_id: refused.headers.get('x-correlation-id'),
    state: 'the state',
    iss: server.issuer,
  })
  expect([...params.keys()]).toHaveLength(6)
  return params
}

/** Expects a page that names the error and sends the browser nowhere. */
export async function expectPage(answer: Promise<Answer>, error: string): Promise<string> {
  const page = await answer
  if (page.kind !== 'page') expect.fail(`expected a page, got ${JSON.stringify(page)}`)
  expect(page.status).toBe(400)
  expect(page.headers.has('location')).toBe(false)
  expect(page.headers.get('content-type')).toMatch(/^text\/html/)
  expect(page.html).toContain(`<code>${error}</code>`)
  expect(page.html).toContain(page.headers.get('x-correlation-id') ?? 'no id')
  return page.html
}
