import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

/** One tab of Chromium in a profile of its own, with what it complained about. */
export interface Visit {
  readonly page: Page
  /** Errors and warnings of the console, policy violations among them. */
  readonly complaints: string[]
  close(): Promise<void>
}

/** Opens a tab in a fresh profile. */
export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { page, complaints, close: () => context.close() }
}

/** A request that reached the client. */
export interface ClientRequest {
  readonly url: URL
  readonly referer: string | undefined
}

/** A client's own server on loopback, as command line programs and editors have one. */
export interface LoopbackClient {
  readonly redirectUri: string
  readonly requests: ClientRequest[]
  close(): Promise<void>
}

/** @param location where the callback sends the browser on, as some clients do to open their app; a plain page when absent */
export async function listenOnLoopback(location?: string): Promise<LoopbackClient> {
  const requests: ClientRequest[] = []
  // A path of its own: who registers the same is the same client, to which the person has said yes before.
  const path = `/${randomUUID()}/callback`
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (url.pathname === path) requests.push({ url, referer: request.headers.referer })
    if (location === undefined) response.writeHead(200, { 'content-type': 'text/plain' }).end('signed in')
    else response.writeHead(302, { location: `${location}${url.search}` }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    redirectUri: `http://127.0.0.1:${address.port}${path}`,
    requests,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
