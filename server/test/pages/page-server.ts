import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createPages, PAGE_HEADERS, PASSKEY_PAGE_HEADERS } from '../../src/http/pages/index.ts'
import { renderEvery } from './every-page.ts'

/** A request that a test wants to look at. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly referer: string | undefined
  readonly form: URLSearchParams
}

export interface PageServer {
  readonly origin: string
  readonly seen: SeenRequest[]
  close(): Promise<void>
}

type Answer = (response: ServerResponse) => void

/**
 * Serves every sample page at `/<name>` with its headers. A posted form is answered by a redirect to the page that
 * moves on; where that leads (`/auth/u1`) is decided by `next`: "no content" keeps the browser on the page.
 */
export function servePages(next: Answer = (response) => response.writeHead(204).end()): Promise<PageServer> {
  const pages = createPages({ basePath: '' })
  const documents = new Map(Object.entries(renderEvery(pages)).map(([name, html]) => [`/${name}`, html]))
  return listen((request, response) => {
    const url = request.url ?? ''
    const document = documents.get(url)
    const asset = [pages.stylesheet, pages.script].find(({ path }) => path === url)
    if (request.method === 'POST') response.writeHead(303, { ...PAGE_HEADERS, location: '/continueOn' }).end()
    else if (url === '/auth/u1') next(response)
    else if (asset !== undefined) response.writeHead(200, { 'content-type': asset.contentType }).end(asset.body)
    else if (document === undefined) response.writeHead(404).end()
    else response.writeHead(200, { ...headersOf(document), 'content-type': 'text/html; charset=utf-8' }).end(document)
  })
}

function headersOf(document: string): Readonly<Record<string, string>> {
  return document.includes('<script') ? PASSKEY_PAGE_HEADERS : PAGE_HEADERS
}

/** The site of a client: another origin that answers everything. */
export function serveClient(): Promise<PageServer> {
  return listen((_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('signed in'))
}

async function listen(answer: RequestListener): Promise<PageServer> {
  const seen: SeenRequest[] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request
    seen.push({ method, url, referer: request.headers.referer, form: new URLSearchParams(await bodyOf(request)) })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) body += chunk
  return body
}
