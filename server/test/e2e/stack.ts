import { createServer } from 'node:net'
import { type DemoServer, demoResource, startDemoServer } from '../../src/dev/demo-server.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../setup/authorization-server.ts'

/** An authorization server and a protected MCP server that delegates to it. */
export interface Stack {
  readonly server: TestServer
  readonly demo: DemoServer
  close(): Promise<void>
}

export async function startStack(options: TestServerOptions = {}): Promise<Stack> {
  const server = await startTestServer(options)
  const port = await freePort()
  await server.store.resources.put(demoResource(port))
  const demo = await startDemoServer({ issuer: server.issuer, port, log: () => {} })
  return {
    server,
    demo,
    async close() {
      await demo.close()
      await server.close()
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
