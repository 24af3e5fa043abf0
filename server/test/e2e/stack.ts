import type { JWK } from 'jose'
import { demoClient, registerDemo } from '../../src/dev/demo-registry.ts'
import { type DemoServer, startDemoServer } from '../../src/dev/demo-server.ts'
import { type DownstreamApi, startDownstreamApi } from '../../src/dev/downstream-api.ts'
import { createEgress } from '../../src/egress/index.ts'
import { generateClientKey } from '../../src/keys/client-key.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../setup/authorization-server.ts'
import { freePort } from './free-port.ts'

/** An authorization server, a protected MCP server that delegates to it, and an API downstream of that. */
export interface Stack {
  readonly server: TestServer
  readonly demo: DemoServer
  readonly downstream: DownstreamApi
  /** The client that owns the demo as a resource, and its private key. */
  readonly owner: { readonly id: string; readonly key: JWK }
  /** What the demo and the API told the person at the terminal. */
  readonly logged: readonly string[]
  close(): Promise<void>
}

export async function startStack(options: TestServerOptions = {}): Promise<Stack> {
  const server = await startTestServer(options)
  const { issuer } = server
  const demoSettings = { port: await freePort(), downstreamPort: await freePort(), password: undefined }
  const key = await generateClientKey()
  await registerDemo(server.store.resources, { resources: [], demo: demoSettings }, key)
  const logged: string[] = []
  const log = (message: string): void => void logged.push(message)
  const egress = createEgress({ settings: server.settings.egress })
  const downstream = await startDownstreamApi({ issuer, port: demoSettings.downstreamPort, log })
  const client = { id: demoClient(key).id, key: key.privateJwk }
  const demo = await startDemoServer({
    issuer,
    port: demoSettings.port,
    egress,
    downstream: { url: downstream.url, client },
    log,
  })
  return {
    server,
    demo,
    downstream,
    owner: client,
    logged,
    async close() {
      await demo.close()
      await downstream.close()
      await egress.close()
      await server.close()
    },
  }
}
