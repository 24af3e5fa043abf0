import { demoResource } from '../../src/dev/demo-registry.ts'
import { type DemoServer, startDemoServer } from '../../src/dev/demo-server.ts'
import { createEgress } from '../../src/egress/index.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../setup/authorization-server.ts'
import { freePort } from './free-port.ts'

/** An authorization server and a protected MCP server that delegates to it. */
export interface Stack {
  readonly server: TestServer
  readonly demo: DemoServer
  close(): Promise<void>
}

export async function startStack(options: TestServerOptions = {}): Promise<Stack> {
  const server = await startTestServer(options)
  const port = await freePort()
  const egress = createEgress({ settings: server.settings.egress })
  await server.store.resources.put(demoResource(port))
  const demo = await startDemoServer({ issuer: server.issuer, port, egress, log: () => {} })
  return {
    server,
    demo,
    async close() {
      await demo.close()
      await egress.close()
      await server.close()
    },
  }
}
