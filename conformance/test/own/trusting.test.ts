import { expect, it } from 'vitest'
import { findFreePort } from '../../src/start/free-port.ts'
import { startServer } from '../../src/start/started-server.ts'
import { expectSound } from './own-run.ts'
import { commandOf, OWN_SERVERS } from './own-servers.ts'

const START_MS = 60_000

it.each(OWN_SERVERS)(
  '$name, which trusts the issuer of the examiner already, gives no cause for a word',
  async (server) => {
    const [port, issuerPort] = [await findFreePort(), await findFreePort()]
    const url = `http://127.0.0.1:${port}/mcp`
    const env = { PORT: String(port), ISSUER: `http://127.0.0.1:${issuerPort}` }
    const started = await startServer({ command: commandOf(server), env, url, timeoutMs: START_MS })
    try {
      await started.untilItAnswers()
      const verdicts = await expectSound([url, '--issuer-port', String(issuerPort)])
      expect(verdicts.get('token-audience-other')).toBe('pass')
    } finally {
      await started.stop()
    }
  },
)
