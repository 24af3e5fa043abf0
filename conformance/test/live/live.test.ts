import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Stack, startStack } from '../../../server/test/e2e/stack.ts'
import { PASSWORD } from '../../../server/test/setup/authorization-server.ts'
import type { Report } from '../../src/report/report.ts'
import { runKept } from '../setup/kept-console.ts'

describe('the profile live at the demo server and Sallyport', () => {
  let stack: Stack
  let config: string
  let logins: string
  beforeAll(async () => {
    stack = await startStack()
    config = await mkdtemp(join(tmpdir(), 'examine-live-'))
    logins = join(config, 'sallyport-examine', 'logins.json')
    await vi.waitUntil(() => stack.demo.ready(), { timeout: 20_000, interval: 250 })
  })
  afterAll(async () => {
    await stack.close()
    await rm(config, { recursive: true, force: true })
  })

  const examine = async (args: readonly string[], environment: Record<string, string> = {}) => {
    const login = ['--login', 'form:alice', '--as', stack.server.issuer]
    const run = await runKept(
      ['server', stack.demo.url, '--rate', '500', '--budget', '1000', '--json', 'r.json', ...login, ...args],
      { environment: { XDG_CONFIG_HOME: config, ...environment } },
    )
    const text = run.files.get('r.json') ?? '{}'
    const report: Report = JSON.parse(text)
    return { ...run, report, text, of: (id: string) => report.checks.find((check) => check.id === id) }
  }

  it('signs in by the forms of the issuer and finds nothing wrong', async () => {
    const { exitCode, report, text, of } = await examine(
      ['--password-env', 'PW', '--scope', 'mcp:issue:create', '--call', 'issue_read={"number":1}'],
      { PW: PASSWORD },
    )
    expect(report.summary).toMatchObject({ fail: 0, incomplete: 0 })
    expect(exitCode).toBe(0)
    expect(report.summary.pass).toBeGreaterThan(45)
    expect(report.checks.filter(({ verdict }) => verdict === 'warn')).toEqual([])
    for (const id of [
      'token-revoked',
      'scope-refusal',
      'scope-challenge-complete',
      'refusal-beyond-scope',
      'batch-elevation',
    ])
      expect(of(id)?.verdict).toBe('pass')
    expect(text).not.toContain(PASSWORD)
  })

  it('keeps the login where nobody else can read it', async () => {
    expect((await stat(logins)).mode & 0o777).toBe(0o600)
    expect((await stat(join(config, 'sallyport-examine'))).mode & 0o777).toBe(0o700)
  })

  it('needs no password the next time, and the time after that', async () => {
    for (let run = 0; run < 2; run += 1) {
      const { exitCode, of } = await examine(['--only', 'sound-token-accepted,token-tampered,token-revoked'])
      expect(of('sound-token-accepted')?.verdict).toBe('pass')
      expect(of('token-revoked')).toMatchObject({
        verdict: 'not-applicable',
        detail: expect.stringContaining('--password-env'),
      })
      expect(exitCode).toBe(0)
    }
  })

  it('revokes and forgets it on logout, and says afterwards that a password is needed', async () => {
    const { exitCode, out } = await runKept(['logout', stack.server.issuer], {
      environment: { XDG_CONFIG_HOME: config },
    })
    expect(out).toEqual([`${stack.server.issuer} form:alice for ${stack.demo.url}: revoked and forgotten`])
    expect(exitCode).toBe(0)
    const after = await examine(['--only', 'sound-token-accepted'])
    expect(after.of('sound-token-accepted')).toMatchObject({ verdict: 'incomplete' })
    expect(after.err.join('\n')).toContain('the password of alice is needed')
    expect(after.exitCode).toBe(3)
  })

  it('says that the password is wrong, and judges nothing by it', async () => {
    const { exitCode, of } = await examine(['--only', 'sound-token-accepted', '--password-env', 'PW'], {
      PW: 'wrong-one',
    })
    expect(of('sound-token-accepted')).toMatchObject({
      verdict: 'incomplete',
      detail: expect.stringContaining('the sign-in form came again'),
    })
    expect(exitCode).toBe(3)
  })

  it('keeps nothing where it is told so', async () => {
    const args = ['--only', 'sound-token-accepted', '--password-env', 'PW', '--no-store']
    const { exitCode } = await examine(args, { PW: PASSWORD })
    expect(exitCode).toBe(0)
    const { out } = await runKept(['logout'], { environment: { XDG_CONFIG_HOME: config } })
    expect(out).toEqual(['No logins are stored.'])
  })

  it('signs in at every target of a file that says so', async () => {
    const entry = `- name: demo\n  url: ${stack.demo.url}\n  login: form:alice\n  as: ${stack.server.issuer}\n  passwordEnv: PW\n  store: false\n`
    const { exitCode, out } = await runKept(
      ['server', '--targets', 't.yaml', '--only', 'sound-token-accepted', '--rate', '500'],
      { environment: { XDG_CONFIG_HOME: config, PW: PASSWORD }, files: { 't.yaml': entry } },
    )
    expect(out.at(-1)).toBe('1 passed, 0 failed, 0 warned, 0 not applicable, 0 incomplete')
    expect(exitCode).toBe(0)
  })

  it('tells in its plan what the sign-in would send, and sends nothing', async () => {
    const args = ['--login', 'form:alice', '--as', 'https://as.invalid', '--plan']
    const { exitCode, out } = await runKept(['server', 'https://mcp.invalid/mcp', ...args], {
      environment: { XDG_CONFIG_HOME: config },
    })
    const text = out.join('\n')
    expect(exitCode).toBe(0)
    expect(text).toContain('GET https://as.invalid/.well-known/oauth-authorization-server')
    expect(text).toContain('POST https://as.invalid/register')
    expect(text).toMatch(/GET https:\/\/as\.invalid\/authorize\?.*resource=https%3A%2F%2Fmcp\.invalid%2Fmcp/)
    expect(text).toMatch(/login=alice&password=\[redacted]/)
    expect(text).toContain('POST https://as.invalid/token')
  })
})
