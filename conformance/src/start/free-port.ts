import { createServer } from 'node:net'

/** Nobody listens yet where a server is about to be started: the same port must not go to the next one. */
const handedOut = new Set<number>()

/** A port of the loopback address that nobody listens on at this moment, another one each time. */
export async function findFreePort(): Promise<number> {
  const port = await takeFreePort()
  if (handedOut.has(port)) return findFreePort()
  handedOut.add(port)
  return port
}

function takeFreePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer()
  server.once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    server.close(() => resolve(port))
  })
  return promise
}
