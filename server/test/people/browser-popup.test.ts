import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { launchChromium, NO_CHROMIUM } from '../pages/chromium.ts'
import { PASSWORD, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type Authorization, authorization, redeem, register } from '../setup/flow.ts'
import { type Visit, visit } from './chromium-visit.ts'

// Other tests share the machine's processors.
const PATIENCE = { timeout: 15_000 }

/** A client in a page, on a site of its own: it opens the authorization in a popup and waits for a message from it. */
const OPENER = `<!doctype html><title>client</title><output id="said"></output>
<button onclick="window.popup = open(location.hash.slice(1), 'authorization', 'popup,width=500,height=700')">Connect</button>
<script>addEventListener('message', ({ data, origin }) => {
  if (origin === location.origin) document.getElementById('said').textContent = data
})</script>`

const CALLBACK = `<!doctype html><title>callback</title>
<script>opener.postMessage(location.search, location.origin); close()</script>`

interface WebClient {
  readonly origin: string
  close(): Promise<void>
}

async function serveWebClient(): Promise<WebClient> {
  const http = createServer((request, response) => {
    const page = request.url?.startsWith('/callback') ? CALLBACK : OPENER
    response.writeHead(200, { 'content-type': 'text/html' }).end(page)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    // Another name than the issuer's: another site, not only another origin.
    origin: `http://localhost:${(http.address() as AddressInfo).port}`,
    close() {
      http.closeAllConnections()
      return new Promise((resolve) => http.close(() => resolve()))
    },
  }
}

describe.skipIf(NO_CHROMIUM)(`a client that opens a popup and talks by window.opener ${NO_CHROMIUM ?? ''}`, () => {
  let server: TestServer
  let browser: Browser
  let client: WebClient
  let tab: Visit
  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })
  beforeEach(async () => {
    client = await serveWebClient()
    tab = await visit(browser)
  })
  afterEach(async () => {
    await tab.close()
    await client.close()
  })

  const redirectUri = (): string => `${client.origin}/callback`

  /** The person presses Connect and signs in, in the popup. */
  async function connect(): Promise<{ request: Authorization; popup: Page }> {
    const clientId = await register(server, { redirect_uris: [redirectUri()] })
    const request = authorization(server, clientId, { redirect_uri: redirectUri() })
    await tab.page.goto(`${client.origin}/#${request.url}`)
    const opened = tab.page.waitForEvent('popup')
    await tab.page.getByRole('button', { name: 'Connect' }).click()
    const popup = await opened
    await popup.getByLabel('User name').fill('alice')
    await popup.getByLabel('Password').fill(PASSWORD)
    await popup.getByRole('button', { name: 'Sign in' }).click()
    return { request, popup }
  }

  const heard = (): Promise<string> => tab.page.locator('#said').innerText()

  it('hears the code, and redeems it; the popup closes by itself', async () => {
    const { request, popup } = await connect()
    const closed = popup.waitForEvent('close')
    await popup.getByRole('button', { name: 'Allow selected' }).click()
    await expect.poll(heard, PATIENCE).toContain('code=')
    const answer = new URLSearchParams(await heard())
    expect([answer.get('state'), answer.get('iss')]).toEqual([request.state, server.issuer])
    const tokens = await redeem(server, request, answer.get('code') ?? '', { redirect_uri: redirectUri() })
    expect(tokens.status).toBe(200)
    await closed
  })

  it('hears the refusal, too (AS-SC-08)', async () => {
    const { request, popup } = await connect()
    await popup.getByRole('button', { name: 'Deny' }).click()
    await expect.poll(heard, PATIENCE).toContain('error=access_denied')
    expect(new URLSearchParams(await heard()).get('state')).toBe(request.state)
  })

  it('would hear nothing if a page on the way set a Cross-Origin-Opener-Policy', async () => {
    await tab.page.context().route(/\/consent$/, async (route) => {
      const response = await route.fetch({ maxRedirects: 0 })
      await route.fulfill({ response, headers: { ...response.headers(), 'cross-origin-opener-policy': 'same-origin' } })
    })
    // Chromium heeds the policy on trustworthy origins alone; a loopback address is one.
    const { popup } = await connect()
    await popup.getByRole('button', { name: 'Allow selected' }).click()
    await popup.waitForURL(/\/callback\?/)
    expect(await popup.evaluate('opener')).toBeNull()
    expect(await heard()).toBe('')
  })
})
