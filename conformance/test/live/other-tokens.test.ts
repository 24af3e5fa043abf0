import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, RESOURCE } from '../../../server/test/setup/authorization-server.ts'
import { AUDIENCE_FAULTS } from '../../fixtures/broken/audience.ts'
import { startBrokenServer } from '../../fixtures/broken/start-broken.ts'
import type { RunningFixture } from '../../fixtures/sound/plain/plain-server.ts'
import type { Report } from '../../src/report/report.ts'
import { type IssuerForNotes, OTHER_NOTES, startIssuerForNotes } from '../setup/issuer-for-notes.ts'
import { runKept } from '../setup/kept-console.ts'

describe('real tokens that a server has to refuse', () => {
  let issuer: IssuerForNotes
  let fixture: RunningFixture | undefined
  beforeAll(async () => {
    issuer = await startIssuerForNotes()
  })
  afterEach(() => fixture?.close())
  afterAll(() => issuer.close())

  const examine = async (fault: string | undefined, args: readonly string[]) => {
    const found = AUDIENCE_FAULTS.find(({ name }) => name === fault)
    fixture = await startBrokenServer(found, { issuer: issuer.server.issuer, port: issuer.port })
    const login = ['--login', 'form:alice', '--as', issuer.server.issuer, '--password-env', 'PW', '--no-store']
    const { exitCode, files, out } = await runKept(
      ['server', fixture.url, '--rate', '500', '--budget', '1000', '--json', 'r.json', ...login, ...args],
      { environment: { PW: PASSWORD }, files: { 'exchange.json': issuer.exchangeClient } },
    )
    const report: Report = JSON.parse(files.get('r.json') ?? '{}')
    const of = (id: string) => report.checks.find((check) => check.id === id)
    return { exitCode, report, of, out }
  }

  const AUDIENCE = ['--only', 'token-audience-other']

  it('for another server: taken by one that ignores the audience, which fails for exactly that', async () => {
    const { exitCode, of } = await examine('accepts-foreign-audience', [...AUDIENCE, '--other-resource', OTHER_NOTES])
    expect(of('token-audience-other')).toMatchObject({ verdict: 'fail', detail: 'it took a token for another server' })
    expect(of('token-audience-other')?.evidence.at(-1)?.request).toContain(`aud=${OTHER_NOTES}`)
    expect(exitCode).toBe(1)
  })

  it('exchanged for a server behind: taken by one that ignores the audience', async () => {
    const { of } = await examine('accepts-foreign-audience', [...AUDIENCE, '--exchange-client', 'exchange.json'])
    expect(of('token-audience-other')).toMatchObject({
      verdict: 'fail',
      detail: 'it took a token that was exchanged for a server behind',
    })
  })

  it('are refused by a sound server, which fails nothing and ends with 0', async () => {
    const others = ['--other-resource', RESOURCE, '--exchange-client', 'exchange.json']
    const more = ['--scope', 'notes:write', '--call', 'note_write={}']
    const { exitCode, report, of } = await examine(undefined, [...others, ...more])
    expect(report.summary).toMatchObject({ fail: 0, incomplete: 0 })
    expect(exitCode).toBe(0)
    expect(of('token-audience-other')).toMatchObject({
      verdict: 'pass',
      detail: expect.stringMatching(/another server, and one that was exchanged/),
    })
    expect(of('scope-refusal')).toMatchObject({
      verdict: 'pass',
      detail: 'tools/call of note_write needs notes:read notes:write',
    })
    expect(of('scope-challenge-complete')?.verdict).toBe('pass')
    expect(of('batch-elevation')?.verdict).toBe('pass')
    expect(of('token-revoked')?.verdict).toBe('warn')
  })

  it('say nothing where they lack the scopes that the server asks for first', async () => {
    const { of } = await examine('accepts-foreign-audience', [...AUDIENCE, '--other-resource', RESOURCE])
    expect(of('token-audience-other')).toMatchObject({
      verdict: 'not-applicable',
      detail: expect.stringContaining('refused with 403, for its scopes'),
    })
  })

  it('are not asked for where the issuer does not know the other server', async () => {
    const { exitCode, of } = await examine(undefined, [...AUDIENCE, '--other-resource', 'https://unknown.example/mcp'])
    expect(of('token-audience-other')).toMatchObject({
      verdict: 'not-applicable',
      detail: expect.stringContaining('invalid_target'),
    })
    expect(exitCode).toBe(0)
  })
})
