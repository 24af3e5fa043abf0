// The demo's MCP server as a program of its own: PORT and ISSUER come from the environment, as for any server that is examined.

import { startDemoServer } from '../../../server/src/dev/demo-server.ts'
import { createEgress } from '../../../server/src/egress/index.ts'
import { generateClientKey } from '../../../server/src/keys/client-key.ts'

const { PORT, ISSUER = '' } = process.env
const { privateJwk } = await generateClientKey()
await startDemoServer({
  issuer: ISSUER,
  port: Number(PORT),
  egress: createEgress({ settings: { allow: [], ca: [], proxy: undefined } }),
  downstream: { url: 'http://127.0.0.1:9', client: { id: 'sallyport-demo', key: privateJwk } },
  log: (message) => process.stderr.write(`${message}\n`),
})
