import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { register } from '../setup/flow.ts'
import { ask } from './ask.ts'

let server: TestServer
let clientId: string
beforeAll(async () => {
  server = await startTestServer({ path: '/tenant' })
  clientId = await register(server)
})
afterAll(() => server.close())

/** Where each cookie goes that the browser has to bring back when the person has decided. */
async function resumePaths(overrides: Record<string, string>): Promise<readonly (string | undefined)[]> {
  const { headers } = await ask(server, clientId, overrides)
  const cookies = headers.getSetCookie().filter((cookie) => /^[^=]*resume/.test(cookie))
  return cookies.map((cookie) => /;\s*path=([^;]+)/i.exec(cookie)?.[1]?.split('/').slice(0, 3).join('/'))
}

it.each([
  ['nothing odd', {}],
  ['a scope that is dropped (AS-SC-02)', { scope: 'offline_access mcp:issue:read' }],
  ['a resource in capitals (AS-RES-05)', { resource: 'HTTP://127.0.0.1:9401/mcp' }],
  ['a parameter that is taken out', { nonce: 'n' }],
])('under an issuer with a path, a request with %s is found again after the consent', async (_, overrides) => {
  expect(await resumePaths(overrides)).toEqual(['/tenant/authorize', '/tenant/authorize'])
})
