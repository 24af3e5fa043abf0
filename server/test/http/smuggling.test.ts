import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { authorization, register, walk } from '../setup/flow.ts'
import { breakOff, rawRequest } from '../setup/raw-request.ts'

const FORM = 'application/x-www-form-urlencoded'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** What was said of requests to this path when they were over. */
function toldAbout(path: string): readonly unknown[] {
  return server.logged.filter(
    ({ message, detail }) => message.startsWith('request') && (detail as { path?: unknown }).path === path,
  )
}

function failures(): readonly unknown[] {
  return server.logged.filter(({ level }) => level === 'error')
}

describe('a request whose end can be read in two ways', () => {
  it.each([
    { how: 'two lengths', headers: ['Content-Length: 3', 'Content-Length: 4'] },
    { how: 'a length and chunks', headers: ['Content-Length: 3', 'Transfer-Encoding: chunked'] },
    { how: 'an encoding after chunks', headers: ['Transfer-Encoding: chunked, identity'] },
    { how: 'a length that is no number', headers: ['Content-Length: 0x10'] },
    { how: 'a header name with a space', headers: ['Content-Length : 3'] },
    { how: 'a folded header', headers: ['X-A: 1', ' folded', 'Content-Length: 0'] },
    { how: 'a null character in a header', headers: ['X-A: a\0b'] },
  ])('is refused with 400 and closed: $how (A42)', async ({ headers }) => {
    const { host } = new URL(server.origin)
    const answer = await rawRequest(server.origin, 'POST /token HTTP/1.1', [`Host: ${host}`, ...headers])
    expect(answer.status).toBe(400)
  })

  it('is refused when it has two hosts (A41, A42)', async () => {
    const { host } = new URL(server.origin)
    const line = 'GET /.well-known/oauth-authorization-server HTTP/1.1'
    const answer = await rawRequest(server.origin, line, [`Host: ${host}`, 'Host: evil.example'])
    expect(answer.body).not.toContain('evil')
  })

  it.each(['/token', '/register', '/revoke', '/authorize/x/sign-in'])(
    'is refused with 400 and closed when its chunks are none, and writes nothing to the error log: %s (A42)',
    async (path) => {
      const beside = vi.spyOn(console, 'error')
      const { host } = new URL(server.origin)
      const headers = [`Host: ${host}`, 'Content-Type: application/json', 'Transfer-Encoding: chunked']
      const answer = await rawRequest(server.origin, `POST ${path} HTTP/1.1`, headers, 'no chunk\r\n')
      expect(answer.status).toBe(400)
      await expect.poll(() => toldAbout(path)).not.toEqual([])
      expect(failures()).toEqual([])
      expect(beside).not.toHaveBeenCalled()
      beside.mockRestore()
    },
  )

  it('is no failure of the server when its sender goes away in the middle (A42)', async () => {
    const beside = vi.spyOn(console, 'error')
    const headers = [`Host: ${new URL(server.origin).host}`, 'Content-Type: application/json', 'Content-Length: 99']
    await breakOff(server.origin, 'POST /introspect HTTP/1.1', headers)
    await expect.poll(() => toldAbout('/introspect')).not.toEqual([])
    expect(failures()).toEqual([])
    expect(beside).not.toHaveBeenCalled()
    beside.mockRestore()
  })

  it('is no failure of the server when what follows it is no HTTP, and it was not read yet (A42)', async () => {
    const browser = createBrowser()
    const page = await walk(server, browser, authorization(server, await register(server)).url)
    const { host, pathname } = new URL(page.url)
    const cookies = [...browser.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ')
    const form = 'csrf=x&login=alice&password=x'
    const headers = [`Host: ${host}`, `Cookie: ${cookies}`, `Content-Type: ${FORM}`, `Content-Length: ${form.length}`]
    const answer = await rawRequest(server.origin, `POST ${pathname} HTTP/1.1`, headers, `${form}no request\r\n\r\n`)
    expect(answer.status).toBe(400)
    await expect.poll(() => toldAbout(pathname)).not.toEqual([])
    expect(failures()).toEqual([])
  })

  it('leaves the server alive', async () => {
    const response = await fetch(`${server.issuer}/.well-known/oauth-authorization-server`)
    expect(response.status).toBe(200)
  })
})
