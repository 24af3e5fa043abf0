import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { told } from '../../fixtures/as/all.ts'
import { ISSUER_FAULTS, startBrokenIssuer } from '../../fixtures/as/broken/all.ts'
import { PERSON, RESOURCE, type RunningIssuer, startPlainIssuer } from '../../fixtures/as/plain/plain-issuer.ts'
import { type KeptRun, runKept } from '../setup/kept-console.ts'

const FAST = ['--rate', '1000', '--budget', '1000']
let issuer: RunningIssuer

beforeAll(async () => {
  issuer = await startPlainIssuer({ port: 0 })
})
afterAll(() => issuer.close())

const run = (args: readonly string[]): Promise<KeptRun> =>
  runKept(['as', ...args], { environment: { PASSWORD: PERSON.password } })

describe('sallyport-examine as', () => {
  it('examines without a login what needs none, and ends with 0', async () => {
    const { exitCode, out } = await run([issuer.issuer, ...FAST])
    expect(exitCode).toBe(0)
    expect(out.at(-1)).toMatch(/^\d+ passed, 0 failed, 0 warned, \d+ not applicable, 0 incomplete$/)
  })

  it('signs in with a login, inside the usual budget, and shows the password nowhere', async () => {
    const flags = ['--resource', RESOURCE, '--scope', 'notes:list', '--login', `form:${PERSON.login}`]
    const { exitCode, files } = await run([
      ...[issuer.issuer, ...flags, '--password-env', 'PASSWORD'],
      ...['--rate', '1000', '--json', 'as.json'],
    ])
    expect(exitCode).toBe(0)
    const report = JSON.parse(files.get('as.json') ?? '')
    expect(report).toMatchObject({
      target: issuer.issuer,
      spec: '2026-07-28',
      summary: { fail: 0, warn: 0, incomplete: 0 },
    })
    expect(JSON.stringify(report)).not.toContain(encodeURIComponent(PERSON.password))
    expect(JSON.stringify(report)).not.toContain(PERSON.password)
  })

  it('ends with 1 when a check fails, and names it', async () => {
    const fault = ISSUER_FAULTS.find(({ name }) => name === 'pkce-unsaid')
    if (fault === undefined) throw new Error('no such fault')
    const broken = told(await startBrokenIssuer(fault, { port: 0 }))
    const { exitCode, out } = await run([broken.issuer, ...FAST])
    expect(exitCode).toBe(1)
    expect(out.join('\n')).toContain('as-metadata-pkce')
    await broken.close()
  })

  it('ends with 4 when nothing answers', async () => {
    expect((await run(['http://127.0.0.1:9/', ...FAST])).exitCode).toBe(4)
  })

  it('lists its checks, and tells what it would send to a host that does not exist', async () => {
    expect((await run(['--list'])).out.join('\n')).toContain('as-code-once')
    const flags = ['--resource', RESOURCE, '--login', 'form:alice', '--password-env', 'PASSWORD']
    const { exitCode, out } = await run(['https://auth.nowhere.example', '--plan', ...flags])
    expect(exitCode).toBe(0)
    expect(out.join('\n')).toContain('GET https://auth.nowhere.example/.well-known/oauth-authorization-server')
    expect(out.join('\n')).toContain('## as-refresh-rotates')
  })

  it.each([
    [['https://auth.example?x=1'], 'no query'],
    [['https://auth.example', '--login', 'form:alice'], '--password-env'],
    [['https://auth.example', '--login', 'browser', '--password-env', 'PASSWORD'], 'form:<name>'],
    [['https://auth.example', '--login', 'form:alice', '--password-env', 'PASSWORD'], '--resource'],
    [['https://auth.example', '--password-env', 'PASSWORD'], '--login'],
    [['https://auth.example', '--cimd-url', 'https://client.example/'], '--cimd-cert'],
    [['https://auth.example', '--only', 'nothing'], '--list'],
    [[], 'which issuer'],
  ])('refuses %j, and says what to write instead', async (args, hint) => {
    const { exitCode, err } = await run(args)
    expect(exitCode).toBe(2)
    expect(err.join('\n')).toContain(hint)
  })
})
