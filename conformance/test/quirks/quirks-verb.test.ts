import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PERSON, RESOURCE, type RunningIssuer, startPlainIssuer } from '../../fixtures/as/plain/plain-issuer.ts'
import { SOUND, startPlainServer } from '../../fixtures/sound/plain/plain-server.ts'
import { type KeptRun, runKept } from '../setup/kept-console.ts'

const FAST = ['--rate', '1000']
const LOGIN = ['--login', `form:${PERSON.login}`, '--password-env', 'PASSWORD']
const ASKS = ['--resource', RESOURCE, '--scope', 'notes:list notes:read', '--step-up-scope', 'notes:write']

let issuer: RunningIssuer
beforeAll(async () => {
  issuer = await startPlainIssuer({ port: 0 })
})
afterAll(() => issuer.close())

const run = (args: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<KeptRun> =>
  runKept(['quirks', ...args], { files, environment: { PASSWORD: PERSON.password } })

describe('sallyport-examine quirks', () => {
  it('replays a client, prints its score, and shows password, code and tokens nowhere', async () => {
    const { exitCode, out, files } = await run([
      ...[issuer.issuer, '--only', 'sdk-2', ...ASKS, ...LOGIN, ...FAST],
      ...['--json', 'quirks.json', '--junit', 'quirks.xml', '--html', 'quirks.html'],
    ])
    expect(exitCode).toBe(0)
    expect(out[0]).toBe('sdk-2  9 of 9')
    expect(out.at(-1)).toBe('9 passed, 0 failed, 0 warned, 1 not applicable, 0 incomplete')
    const report = JSON.parse(files.get('quirks.json') ?? '')
    expect(report.targets).toHaveLength(1)
    expect(report.targets[0]).toMatchObject({ name: 'sdk-2', target: issuer.issuer, summary: { pass: 9, fail: 0 } })
    expect(files.get('quirks.xml')).toContain('sdk-2-refresh-together')
    for (const text of files.values()) {
      expect(text).not.toContain(PERSON.password)
      expect(text).not.toContain(encodeURIComponent(PERSON.password))
      expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/)
    }
  })

  it('ends with 1 where a client comes no further, and names the step; a baseline excuses it', async () => {
    const asked = [issuer.issuer, '--only', 'cursor', ...ASKS, ...LOGIN, ...FAST]
    const { exitCode, out } = await run(asked)
    expect(exitCode).toBe(1)
    expect(out[0]).toBe('cursor  1 of 7  stops at cursor-register')
    const excused = await run([...asked, '--baseline', 'known.yaml'], {
      'known.yaml': 'expected:\n  cursor-register: its scheme is not ours to allow\n',
    })
    // What was behind the step could not be tried.
    expect(excused.exitCode).toBe(3)
  })

  it('without a login goes as far as a client comes before its person, and ends with 0', async () => {
    const { exitCode, out } = await run([issuer.issuer, '--only', 'claude-code,go-sdk', ...FAST])
    expect(exitCode).toBe(0)
    expect(out.slice(0, 2)).toEqual(['claude-code  2 of 2', 'go-sdk       2 of 2'])
  })

  it('without a host of documents presents the address of the client, and registers where that is not taken', async () => {
    const { out, files } = await run([
      ...[issuer.issuer, '--only', 'claude-code', ...ASKS, ...LOGIN, ...FAST, '--json', 'quirks.json'],
    ])
    const { checks } = JSON.parse(files.get('quirks.json') ?? '').targets[0]
    const register = checks.find(({ id }: { id: string }) => id === 'claude-code-register')
    expect(register.verdict).toBe('pass')
    expect(register.detail).toMatch(
      /https:\/\/claude\.ai\/oauth\/claude-code-client-metadata .*--cimd-url.*registered, 201$/,
    )
    expect(out[0]).toBe('claude-code  8 of 9  stops at claude-code-step-up')
  })

  it('presents the token to the MCP server where --mcp names it, which takes it or not', async () => {
    const asked = [issuer.issuer, '--only', 'go-sdk', ...ASKS, ...LOGIN, ...FAST, '--json', 'quirks.json']
    const found: string[] = []
    for (const url of [RESOURCE, 'https://wiki.example/mcp']) {
      // It is asked at another address than its name.
      const server = await startPlainServer({ issuer: issuer.issuer, port: 0, url }, { ...SOUND, host: () => true })
      const { files } = await run([...asked, '--mcp', server.listensAt])
      await server.close()
      const { checks } = JSON.parse(files.get('quirks.json') ?? '').targets[0]
      found.push(checks.find(({ id }: { id: string }) => id === 'go-sdk-call').detail)
    }
    expect(found).toEqual(['the MCP server listed its tools', 'the MCP server refused the token, 401'])
  })

  it('takes a client that is registered already', async () => {
    const { files } = await run([
      ...[issuer.issuer, '--only', 'opencode', '--client', 'opencode=mine', ...FAST, '--json', 'quirks.json'],
    ])
    const { checks } = JSON.parse(files.get('quirks.json') ?? '').targets[0]
    expect(checks[1]).toMatchObject({ verdict: 'pass', detail: 'it is registered already, as the operator says' })
  })

  it('takes the names of hosts out of reports, and leaves those of clients', async () => {
    const { files } = await run([
      ...[issuer.issuer, '--only', 'vs-code', ...FAST, '--json', 'quirks.json', '--redact-target'],
    ])
    expect(JSON.parse(files.get('quirks.json') ?? '').targets[0].name).toBe('vs-code')
  })

  it('lists clients and steps, and tells what each would send and who says so', async () => {
    expect((await run(['--list'])).out.join('\n')).toContain('come-back')
    const { exitCode, out } = await run(['--plan', '--only', 'codex'])
    expect(exitCode).toBe(0)
    expect(out.join('\n')).toContain('http://127.0.0.1:<any port>/callback/{server}')
    expect(out.join('\n')).toContain('https://github.com/openai/codex/issues/33403')
  })

  it('ends with 4 when nothing answers', async () => {
    expect((await run(['http://127.0.0.1:9/', ...FAST])).exitCode).toBe(4)
  })

  it.each([
    [[], 'which issuer'],
    [['https://auth.example', '--only', 'netscape'], '--list'],
    [['https://auth.example', '--client', 'mine'], '<client>=<id>'],
    [['https://auth.example', '--client', 'netscape=mine'], 'no client is called netscape'],
    [['https://auth.example', '--login', 'form:alice', '--password-env', 'PASSWORD'], '--resource'],
    [['https://auth.example', '--cimd-url', 'https://client.example/'], '--cimd-cert'],
    [['https://auth.example', '--mcp', 'nowhere'], '--mcp'],
  ])('refuses %j, and says what to write instead', async (args, hint) => {
    const { exitCode, err } = await run(args)
    expect(exitCode).toBe(2)
    expect(err.join('\n')).toContain(hint)
  })
})
