import { createServer, type Server } from 'node:http'

/** Long enough for a password, a second factor and a consent page. */
export const LOGIN_WAIT_MS = 300_000

/** The address where a browser is to end cannot be listened on. */
export class LoopbackError extends Error {
  override readonly name = 'LoopbackError'
}

/** Waits on loopback for a browser to come back from a sign-in. */
export interface Loopback {
  /** @returns where the browser was sent; undefined when nobody came in time */
  readonly arrival: Promise<URL | undefined>
  close(): void
}

/**
 * @param redirectUri on loopback, with its port
 * @param state of the request; who comes with another is a stranger
 * @throws LoopbackError
 */
export async function listenForRedirect(
  redirectUri: string,
  state: string,
  waitMs: number = LOGIN_WAIT_MS,
): Promise<Loopback> {
  const expected = new URL(redirectUri)
  const { promise, resolve } = Promise.withResolvers<URL | undefined>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', expected.origin)
    const isAnswer = url.pathname === expected.pathname && url.searchParams.get('state') === state
    response.writeHead(isAnswer ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' })
    response.end(
      isAnswer ? 'Signed in, as far as the browser is concerned. This page can be closed.\n' : 'Nothing here.\n',
    )
    if (isAnswer) resolve(url)
  })
  await listen(server, expected)
  const timer = setTimeout(() => resolve(undefined), waitMs)
  return {
    arrival: promise,
    close() {
      clearTimeout(timer)
      resolve(undefined)
      server.close()
      server.closeAllConnections()
    },
  }
}

async function listen(server: Server, { hostname, port, protocol, host }: URL): Promise<void> {
  if (protocol !== 'http:' || !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)) {
    throw new LoopbackError(
      `a browser can only come back to loopback, and the redirect URI of the client leads to ${host}`,
    )
  }
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(Number(port), hostname.replace(/^\[|\]$/g, ''), resolve)
  try {
    await promise
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new LoopbackError(`the redirect of the sign-in cannot be waited for at ${host}: ${reason}`)
  }
}
