import { describe, expect, it } from 'vitest'
import { type KeptRun, runKept } from '../setup/kept-console.ts'

const TARGET = 'https://mcp.example/mcp'
const CHECKS = 'inbound-token-stays,downstream-credential,downstream-exchange,inbound-token-stays-when-refused'
/** A process of its own reads and strips types first. */
const START_MS = 60_000

function examine(fixture: string, args: readonly string[]): Promise<KeptRun> {
  const start = `node --conditions=@sallyport/source conformance/fixtures/start.ts ${fixture}`
  const env = ['ISSUER={issuer}', 'PORT={port}', 'URL={url}', 'DOWNSTREAM={downstream}']
  const told = env.flatMap((line) => ['--env', line])
  const url = 'http://127.0.0.1:{port}/mcp'
  return runKept(['server', url, '--start', start, ...told, '--rate', '500', '--only', CHECKS, ...args])
}

describe('a downstream of the examiner', () => {
  it('sees a sound server exchange the token: RS-DS-01, RS-DS-02', { timeout: START_MS }, async () => {
    const { exitCode, out } = await examine('kit-node', ['--downstream-call', 'archive_read'])
    expect(out.at(-1)).toBe('4 passed, 0 failed, 0 warned, 0 not applicable, 0 incomplete')
    expect(exitCode).toBe(0)
  })

  it('sees a server pass the token on: RS-DS-01', { timeout: START_MS }, async () => {
    const { exitCode, out, files } = await examine('passthrough', [
      ...['--downstream-call', 'archive_read={}'],
      ...['--json', 'r.json'],
    ])
    expect(exitCode).toBe(1)
    expect(out.join('\n')).toMatch(/FAIL inbound-token-stays\b/)
    expect(files.get('r.json')).not.toMatch(/eyJ/)
  })

  it(
    'asks nothing of a server without a tool to call, and says by which flag there would be one',
    async () => {
      const { exitCode, files } = await examine('plain', ['--json', 'r.json'])
      expect(exitCode).toBe(0)
      expect(files.get('r.json')).toContain('--downstream-call')
    },
    START_MS,
  )

  it.each([
    ['a call that reaches it', ['--downstream-call', 'archive_read']],
    ['its identifier', ['--downstream-audience', 'urn:archive']],
  ])('%s is refused where the server does not know its address', async (_, args) => {
    const { exitCode, err } = await runKept(['server', TARGET, ...args])
    expect(exitCode).toBe(2)
    expect(err.join('')).toContain('--env DOWNSTREAM={downstream}')
  })

  it('a call without JSON is refused by the name of its flag', async () => {
    const { exitCode, err } = await runKept([
      ...['server', TARGET, '--downstream-port', '9502'],
      ...['--downstream-call', 'archive_read={'],
    ])
    expect(exitCode).toBe(2)
    expect(err.join('')).toContain('--downstream-call archive_read={')
  })

  it('is called in a plan by the tool that was named, and nobody is there', async () => {
    const flags = ['--issuer-port', '9501', '--downstream-port', '9502', '--downstream-call', 'archive_read']
    const { exitCode, out } = await runKept(['server', TARGET, '--plan', ...flags, '--only', 'inbound-token-stays'])
    expect(exitCode).toBe(0)
    expect(out.join('\n')).toContain('archive_read')
  })
})
