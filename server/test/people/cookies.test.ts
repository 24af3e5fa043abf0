import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser, fieldOf } from '../setup/browser.ts'
import { authorization } from '../setup/flow.ts'
import { createPerson, decide, type Person, signIn } from './person.ts'

const ISSUER = 'https://auth.example.com'
const CALLBACK = 'https://app.example.com/callback'

/** Every Set-Cookie line of a whole flow: sign-in, consent, sign-out. */
async function collectCookies(server: TestServer): Promise<string[]> {
  const lines: string[] = []
  const inner = createBrowser()
  const note = (response: Response): Response => {
    lines.push(...response.headers.getSetCookie())
    return response
  }
  const person: Person = createPerson(server, {
    cookies: inner.cookies,
    get: async (url) => note(await inner.get(url)),
    post: async (url, form, headers) => note(await inner.post(url, form, headers)),
  })
  const request = authorization(server, 'app', { redirect_uri: CALLBACK })
  const page = await signIn(person, request.url)
  const { callback } = await decide(person, page)
  expect(callback?.get('iss')).toBe(server.issuer)
  const signOut = await person.open(`${server.issuer}/logout`)
  await person.post(signOut.url, { csrf: fieldOf(signOut.html, 'csrf') })
  expect([...inner.cookies.values()].filter(({ name }) => name.includes('session'))).toEqual([])
  return lines
}

function start(options: Parameters<typeof startTestServer>[0]): Promise<TestServer> {
  const client = { id: 'app', name: 'App', redirectUris: [CALLBACK] }
  return startTestServer({ ...options, settings: { ...options?.settings, clients: [client] } })
}

describe.each([
  { title: 'of an https issuer behind a proxy', options: { settings: { issuer: ISSUER, mode: 'serve' as const } } },
  {
    title: 'of an https issuer with a path',
    options: { settings: { issuer: `${ISSUER}/tenant`, mode: 'serve' as const } },
  },
  { title: 'of a loopback issuer', options: {} },
])('A34, AS-CON-07, AS-OPS-04: cookies $title', ({ options }) => {
  const secure = 'settings' in options
  let server: TestServer
  let lines: string[]
  beforeAll(async () => {
    server = await start(options)
    lines = await collectCookies(server)
  })
  afterAll(() => server?.close())

  it('are out of reach of scripts and stay with the site', () => {
    expect(lines.length).toBeGreaterThan(8)
    for (const line of lines.filter(isSet)) expect(line).toMatch(/; HttpOnly/i)
    for (const line of lines.filter(isSet)) expect(line).toMatch(/; SameSite=Lax/i)
  })

  it('belong to this host alone', () => {
    for (const line of lines) expect(line).not.toMatch(/; Domain=/i)
    for (const line of lines.filter((each) => each.includes('session'))) expect(line).toMatch(/; path=\/(;|$)/i)
    // Those of an interaction belong to its own pages: two tabs of one browser have two of each.
    for (const line of lines.filter((each) => !each.includes('session')))
      expect(line).toMatch(/; path=\S*\/authorize\/[\w-]{20,}(?:\/[\w-]+)?(?:;|$)/i)
  })

  it('are named so that a browser refuses them from plain http, and taken back by the same name', () => {
    for (const line of lines) expect(/; Secure/i.test(line), line).toBe(secure)
    const names = new Set(
      lines.map((line) => line.slice(0, line.indexOf('='))).filter((name) => !name.endsWith('.sig')),
    )
    const expected = ['sallyport_session', 'sallyport_state', 'sallyport_resume', 'sallyport_interaction']
    const prefixed = expected.map((name) => (name.endsWith('session') ? '__Host-' : '__Secure-') + name)
    expect([...names].sort()).toEqual((secure ? prefixed : expected).sort())
  })

  it('hold nothing that can be read', () => {
    for (const line of lines) expect(decodeURIComponent(line)).not.toMatch(/alice|app\.example|issue:read/)
  })
})

function isSet(line: string): boolean {
  return !/expires=Thu, 01 Jan 1970|Max-Age=0/i.test(line)
}
