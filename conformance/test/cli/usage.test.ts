import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverChecks } from '../../src/server/checks.ts'
import { runKept } from '../setup/kept-console.ts'
import { type SmallServer, startSmallServer } from '../setup/small-server.ts'

const TARGET = 'https://mcp.example/mcp'

describe('what the command line refuses', () => {
  it.each([
    ['no verb that is known', ['serve']],
    ['no URL', ['server']],
    ['a URL of another scheme', ['server', 'ftp://mcp.example/']],
    ['a URL with credentials', ['server', 'https://a:b@mcp.example/']],
    ['a URL with a fragment', ['server', `${TARGET}#x`]],
    ['an unknown flag', ['server', TARGET, '--nonsense']],
    ['an unknown check', ['server', TARGET, '--only', 'nonsense']],
    ['an unknown revision', ['server', TARGET, '--spec', '2024-11-05']],
    ['a call without JSON', ['server', TARGET, '--call', 'look={']],
    ['a call whose arguments are a list', ['server', TARGET, '--call', 'look=[]']],
    ['a rate of nothing', ['server', TARGET, '--rate', '0']],
    ['a budget that is no number', ['server', TARGET, '--budget', 'lots']],
    ['an unknown reason to fail', ['server', TARGET, '--fail-on', 'may']],
    ['a token from a variable that is not set', ['server', TARGET, '--token-env', 'MISSING']],
    ['two tokens', ['server', TARGET, '--token', 'a', '--token-env', 'B']],
    ['a real token for a server that trusts the examiner', ['server', TARGET, '--token', 'a', '--issuer-port', '9999']],
    ['an environment for nothing', ['server', TARGET, '--env', 'A=B']],
    ['an environment without a value', ['server', TARGET, '--start', 'x', '--env', 'A']],
  ])('%s: exit code 2', async (_, args) => {
    const { exitCode, err } = await runKept(args)
    expect(exitCode).toBe(2)
    expect(err.join('')).not.toBe('')
  })

  it('effects at a host that is not loopback, unless its owner names it', async () => {
    const refused = await runKept(['server', TARGET, '--allow-effects', '--plan'])
    expect(refused.exitCode).toBe(2)
    expect(refused.err.join('')).toMatch(/--i-own-this mcp\.example/)
    expect((await runKept(['server', TARGET, '--allow-effects', '--i-own-this', 'other.example'])).exitCode).toBe(2)
    const owned = await runKept(['server', TARGET, '--allow-effects', '--i-own-this', 'mcp.example', '--plan'])
    expect(owned.exitCode).toBe(0)
  })

  it.each(['http://127.0.0.1.mcp.example/', 'http://localhost.mcp.example/', 'http://0.0.0.0/'])(
    'effects at %s, which only looks like loopback',
    async (url) => {
      expect((await runKept(['server', url, '--allow-effects', '--plan'])).exitCode).toBe(2)
    },
  )
})

describe('what sends nothing', () => {
  let server: SmallServer
  beforeAll(async () => {
    server = await startSmallServer()
  })
  afterAll(() => server.close())

  it('--list names every check with its requirement', async () => {
    const { exitCode, out } = await runKept(['server', '--list'])
    expect(exitCode).toBe(0)
    for (const { id, requirement } of serverChecks) {
      expect(out.some((line) => line.startsWith(`${id} `) && line.includes(requirement))).toBe(true)
    }
  })

  it('--plan prints the requests of every check, and the server sees none', async () => {
    const { exitCode, out } = await runKept(['server', server.url, '--plan', '--issuer-port', '1'])
    expect(exitCode).toBe(0)
    expect(server.seen).toEqual([])
    expect(out).toContain('## no-token-refused')
    expect(out).toContain(`    POST ${server.url}`)
    expect(out.join('\n')).not.toMatch(/eyJ/)
  })

  it('--plan tells for the revision that was named', async () => {
    const { out } = await runKept([
      'server',
      server.url,
      '--plan',
      '--spec',
      '2025-06-18',
      '--only',
      'no-token-refused',
    ])
    expect(out.join('\n')).toMatch(/"method":"initialize"/)
    expect(out.join('\n')).not.toMatch(/mcp-method/)
  })

  it('--help', async () => {
    const { exitCode, out } = await runKept(['server', '--help'])
    expect(exitCode).toBe(0)
    expect(out.join('\n')).toMatch(/--i-own-this <host>/)
  })
})
