import { expect, it } from 'vitest'
import { expectSound } from './own-run.ts'
import { commandOf, OWN_SERVERS } from './own-servers.ts'

it.each(OWN_SERVERS)('$name, started by the examiner, gives no cause for a word', async (server) => {
  const start = ['--start', commandOf(server), '--env', 'ISSUER={issuer}', '--env', 'PORT={port}']
  const calls = server.calls.flatMap((call) => ['--call', call])
  const verdicts = await expectSound(['http://127.0.0.1:{port}/mcp', ...start, ...calls])
  // With a call that needs a scope, the questions about scopes are asked as well.
  expect(verdicts.get('scope-refusal')).toBe('pass')
  expect(verdicts.get('scope-challenge-complete')).toBe('pass')
})
