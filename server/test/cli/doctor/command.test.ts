import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveEnvironment } from '../../config/loading.ts'
import { startTestServer, type TestServer } from '../../setup/authorization-server.ts'
import { run } from '../fake-terminal.ts'

let server: TestServer
let env: Record<string, string>
const folder = mkdtempSync(join(tmpdir(), 'sallyport-doctor-'))
beforeAll(async () => {
  server = await startTestServer()
  const keys = (list: TestServer['settings']['cookieKeys']) => list.map((key) => key.reveal())
  const { encryptionKeys, cookieKeys } = server.settings
  const kept = { encryptionKeys: keys(encryptionKeys), cookieKeys: keys(cookieKeys), demoPassword: 'demo-password' }
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(kept))
  env = {
    DATABASE_URL: server.databaseUrl,
    SALLYPORT_ISSUER: server.issuer,
    SALLYPORT_PORT: new URL(server.issuer).port,
    SALLYPORT_DATA_DIR: folder,
  }
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

describe('doctor', () => {
  it('looks at a development server as it stands: findings on stdout, progress beside it, 0 without a failure', async () => {
    const { code, stdout, stderr } = await run(['doctor', '--mode', 'dev'], { env, cwd: folder })
    expect(stdout).toMatch(new RegExp(`^ok {4}issuer {11}${server.issuer} answers and names itself$`, 'm'))
    expect(stdout).toMatch(
      /^ok {4}proxy-headers {4}no proxy says who calls; a forged X-Forwarded-For was not believed$/m,
    )
    expect(stdout).toMatch(/\n\d+ ok, 0 warned, 0 failed\n$/)
    expect(stderr).toMatch(/^looking at the database\nlooking at the issuer at http/)
    expect(code).toBe(0)
  })

  it('prints one JSON object when asked', async () => {
    const { code, stdout } = await run(['doctor', '--mode', 'dev', '--json'], { env, cwd: folder })
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({
      ok: true,
      summary: { fail: 0 },
      checks: expect.arrayContaining([
        { id: 'keys', verdict: 'ok', detail: 'every signing key opens: one generation' },
      ]),
    })
    expect(report.checks).toHaveLength(report.summary.ok + report.summary.warn + report.summary.fail)
    expect(code).toBe(0)
  })

  it('ends with 1 when a check failed, and says what to do about each', async () => {
    const keys = { SALLYPORT_ENCRYPTION_KEYS: server.settings.encryptionKeys[0]?.reveal() ?? '' }
    const serve = {
      ...serveEnvironment(),
      ...keys,
      DATABASE_URL: server.databaseUrl,
      SALLYPORT_ISSUER: 'https://auth.invalid',
    }
    const { code, stdout } = await run(['doctor'], { env: serve, cwd: folder })
    expect(stdout).toMatch(
      /^fail {2}issuer {11}https:\/\/auth\.invalid\S* cannot be had: .+\n {23}→ Check the DNS name/m,
    )
    expect(stdout).toMatch(/^warn {2}proxy-headers {4}could not be looked at/m)
    expect(code).toBe(1)
  })

  it('ends with 2 when the settings are wrong, before anything is looked at', async () => {
    const { code, stdout, stderr } = await run(['doctor', '--json'], { env: {}, cwd: folder })
    const { ok, checks } = JSON.parse(stdout)
    expect({ code, ok, stderr }).toEqual({ code: 2, ok: false, stderr: '' })
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'settings',
        verdict: 'fail',
        detail: expect.stringContaining('issuer: is missing'),
      }),
    )
  })

  it('does not take a folder in which nothing was started for a development server, and makes nothing there', async () => {
    const { code, stderr } = await run(['doctor', '--mode', 'dev'], {
      env: { ...env, SALLYPORT_DATA_DIR: join(folder, 'empty') },
      cwd: folder,
    })
    expect(code).toBe(1)
    expect(stderr).toContain('nothing was started in')
  })
})
