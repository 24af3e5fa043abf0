import { expect, it } from 'vitest'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import { findFreePort } from '../../src/start/free-port.ts'
import { startServer } from '../../src/start/started-server.ts'
import { commandOf, OWN_SERVERS } from '../own/own-servers.ts'
import { runKept } from '../setup/kept-console.ts'

const START_MS = 60_000

it.each(OWN_SERVERS)('the doctor finds nothing in the way of $name', async (server) => {
  const issuer = await createHostileIssuer()
  const port = await findFreePort()
  const url = `http://127.0.0.1:${port}/mcp`
  const env = { PORT: String(port), ISSUER: issuer.issuer }
  const started = await startServer({ command: commandOf(server), env, url, timeoutMs: START_MS })
  try {
    await started.untilItAnswers()
    const token = await issuer.mint(url)
    const { out, exitCode } = await runKept(['doctor', url, '--rate', '500', '--token', token])
    expect(out.join('\n')).toMatch(/^ok +tools +It lists \d+ tools?\.$/m)
    expect(out.at(-1)).toMatch(/^Nothing in the way/)
    expect(exitCode).toBe(0)
  } finally {
    await started.stop()
    await issuer.close()
  }
})
