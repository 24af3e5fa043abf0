import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { ResourceSettings } from '../../../server/src/config/settings.ts'
import { demoTools } from '../../../server/src/dev/demo-tools.ts'
import { PASSWORD, startTestServer, type TestServer } from '../../../server/test/setup/authorization-server.ts'
import { findFreePort } from '../../src/start/free-port.ts'
import { startServer } from '../../src/start/started-server.ts'
import { runKept } from '../setup/kept-console.ts'
import { commandOf, OWN_SERVERS, type OwnServer } from './own-servers.ts'

const START_MS = 60_000
const SOUND = /^\d+ passed, 0 failed, 0 warned, \d+ not applicable, 0 incomplete$/

const ports = new Map<OwnServer, number>()
let sallyport: TestServer
beforeAll(async () => {
  const resources: ResourceSettings[] = []
  for (const server of OWN_SERVERS) {
    const port = await findFreePort()
    ports.set(server, port)
    const uri = `http://127.0.0.1:${port}/mcp`
    resources.push({ id: `own-${port}`, uri, name: server.name, aliases: [], tools: await toolsOf(server) })
  }
  sallyport = await startTestServer({ settings: { resources } })
})
afterAll(() => sallyport.close())

async function toolsOf({ file }: OwnServer): Promise<object> {
  if (!file.startsWith('resources/')) return demoTools
  return parse(await readFile(new URL(`../../../${dirname(file)}/tools.yaml`, import.meta.url), 'utf8'))
}

it.each(OWN_SERVERS)('$name, with real tokens of Sallyport, gives no cause for a word', async (server) => {
  const port = ports.get(server)
  const url = `http://127.0.0.1:${port}/mcp`
  const env = { PORT: String(port), ISSUER: sallyport.issuer }
  const started = await startServer({ command: commandOf(server), env, url, timeoutMs: START_MS })
  try {
    await started.untilItAnswers()
    const calls = server.calls.flatMap((call) => ['--call', call])
    const login = ['--login', 'form:alice', '--as', sallyport.issuer, '--password-env', 'PW', '--no-store']
    const more = ['--scope', 'orders:create mcp:issue:create', '--rate', '1000', '--timeout', '30']
    const run = await runKept(['server', url, ...calls, ...login, ...more], { environment: { PW: PASSWORD } })
    expect(run.out.at(-1), [...run.err, ...run.out].join('\n')).toMatch(SOUND)
    expect(run.exitCode).toBe(0)
  } finally {
    await started.stop()
  }
})
