import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { serveEnvironment } from '../config/loading.ts'
import { run } from './fake-terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'sallyport-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TWO_ON_ONE_ORIGIN = `resources:
  - { id: one, name: One, uri: https://mcp.example.com/one, tools: { tools: { whoami: { class: discovery, scopes: [] } } } }
  - { id: two, name: Two, uri: https://mcp.example.com/two, tools: { tools: { whoami: { class: discovery, scopes: [] } } } }
`

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const check = (args: readonly string[], env: Record<string, string> = serveEnvironment()) =>
  run(['check-config', ...args], { env, cwd: folder })

describe('check-config', () => {
  it('prints one line when the settings are good', async () => {
    expect(await check([])).toEqual({
      code: 0,
      stdout: 'settings are good for serve: issuer https://auth.example.com, 0 resources, 0 clients, 0 warnings\n',
      stderr: '',
    })
  })

  it('prints warnings beside it, and still succeeds', async () => {
    write('shared.yaml', TWO_ON_ONE_ORIGIN)
    const { code, stdout, stderr } = await check(['--config', 'shared.yaml'])
    expect(code).toBe(0)
    expect(stdout).toContain('2 resources, 0 clients, 1 warning\n')
    expect(stderr).toMatch(
      /^warning: shared\.yaml:2:\d+: resources\[0\]\.uri: 2 resources share https:\/\/mcp\.example\.com/,
    )
  })

  it('prints every problem to stderr and exits with 2', async () => {
    write('bad.yaml', 'isuer: https://a.example\nlisten: { port: 0 }\n')
    const { code, stdout, stderr } = await check(['--config', 'bad.yaml'], {})
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('error: bad.yaml:1:1: isuer: is not a setting: did you mean issuer?')
    expect(stderr).toContain('error: bad.yaml:2:17: listen.port: must be between 1 and 65535')
    expect(stderr).toContain('set DATABASE_URL')
    expect(stderr).toMatch(/\n6 problems\n$/)
  })

  it('prints one JSON object when asked, good or bad', async () => {
    const good = await check(['--json'])
    expect(JSON.parse(good.stdout)).toEqual({
      ok: true,
      mode: 'serve',
      issuer: 'https://auth.example.com',
      problems: [],
      warnings: [],
    })
    const bad = await check(['--json', '--issuer', 'http://a.example'])
    expect(bad.code).toBe(2)
    expect(bad.stderr).toBe('')
    expect(JSON.parse(bad.stdout)).toMatchObject({
      ok: false,
      problems: [{ code: 'SALLYPORT_E_SETTINGS_VALUE', path: 'issuer', source: { kind: 'flag', flag: '--issuer' } }],
    })
  })

  it('judges for development when asked', async () => {
    const { stdout } = await check(['--mode', 'dev'], {})
    expect(stdout).toContain('settings are good for dev: issuer http://127.0.0.1:9400')
  })
})
