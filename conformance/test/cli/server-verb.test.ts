import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeptRun, runKept } from '../setup/kept-console.ts'
import { type SmallServer, startSmallServer } from '../setup/small-server.ts'

const ENTRY = 'no-token-refused,sound-token-accepted'
const FAST = ['--rate', '200']
const SIGNING_IN = ['--resource', 'http://127.0.0.1:9/mcp', '--login', 'form:alice', '--password-env', 'PASSWORD']

describe('sallyport-examine server', () => {
  let sound: SmallServer
  let open: SmallServer
  beforeAll(async () => {
    sound = await startSmallServer()
    open = await startSmallServer({ open: true })
  })
  afterAll(async () => {
    await sound.close()
    await open.close()
  })

  const run = (url: string, args: readonly string[], given = {}): Promise<KeptRun> =>
    runKept(['server', url, ...FAST, ...args], given)

  it('ends with 1 when a MUST failed, and says so in the last line', async () => {
    const { exitCode, out } = await run(open.url, ['--only', 'no-token-refused', '--token', 'x'])
    expect(exitCode).toBe(1)
    expect(out.join('\n')).toMatch(/FAIL no-token-refused/)
    expect(out.at(-1)).toBe('0 passed, 1 failed, 0 warned, 0 not applicable, 0 incomplete')
  })

  it('ends with 0 when nothing failed', async () => {
    const { exitCode, out } = await run(sound.url, ['--only', 'no-token-refused', '--token', 'x'])
    expect(exitCode).toBe(0)
    expect(out.at(-1)).toBe('1 passed, 0 failed, 0 warned, 0 not applicable, 0 incomplete')
  })

  it('ends with 3 when what applies could not run, and with 1 where that is called a failure', async () => {
    const only = ['--only', 'sound-token-accepted']
    expect((await run(sound.url, only)).exitCode).toBe(3)
    expect((await run(sound.url, [...only, '--fail-on', 'incomplete'])).exitCode).toBe(1)
  })

  it('ends with 4 when nobody answers', async () => {
    const { exitCode, err } = await run('http://127.0.0.1:9/mcp', [])
    expect(exitCode).toBe(4)
    expect(err.at(-1)).toMatch(/127\.0\.0\.1:9/)
  })

  it('tells progress and assumptions on standard error alone', async () => {
    const { err, out } = await run(sound.url, ['--only', ENTRY])
    expect(err).toContain('[1/2] pass           no-token-refused')
    expect(err.join('\n')).toMatch(/2026-07-28 is assumed/)
    expect(out.join('\n')).not.toMatch(/assumed|\[1\/2\]/)
  })

  it('writes the report as JSON, redacted', async () => {
    const { files } = await run(sound.url, ['--only', ENTRY, '--token', 'canary.canary.canary', '--json', 'r.json'])
    const report = JSON.parse(files.get('r.json') ?? '')
    expect(report).toMatchObject({ target: sound.url, spec: '2026-07-28', summary: { pass: 1, incomplete: 1 } })
    expect(report.checks[0]).toMatchObject({ id: 'no-token-refused', level: 'must', verdict: 'pass' })
    expect(report.checks[0].evidence[0].request).toMatch(/^POST /)
    expect(files.get('r.json')).not.toContain('canary')
  })

  it('writes every other format that is asked for, none of which shows the token', async () => {
    const formats = ['--junit', 'r.xml', '--sarif', 'r.sarif', '--html', 'r.html', '--badge', 'badge.json']
    const { files, out } = await run(open.url, ['--only', ENTRY, '--token', 'canary.canary.canary', ...formats])
    expect(files.get('r.xml')).toMatch(/<testsuite/)
    expect(JSON.parse(files.get('r.sarif') ?? '').version).toBe('2.1.0')
    expect(files.get('r.html')).toMatch(/<!doctype html>/i)
    expect(JSON.parse(files.get('badge.json') ?? '')).toHaveProperty('message')
    expect([...files.values(), ...out].join('\n')).not.toContain('canary')
  })

  it('speaks to a workflow in its own way, the last line included', async () => {
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.txt' }
    const { files, out } = await run(open.url, ['--only', 'no-token-refused', '--token', 'x'], { environment })
    expect(out.some((line) => line.startsWith('::error title=no-token-refused'))).toBe(true)
    expect(files.get('summary.txt')).toMatch(/no-token-refused/)
    expect(out.at(-1)).toMatch(/^0 passed, 1 failed/)
  })

  it('takes a token from the environment', async () => {
    const given = { environment: { TOKEN: 'real' } }
    const { exitCode } = await run(open.url, ['--only', 'sound-token-accepted', '--token-env', 'TOKEN'], given)
    expect(exitCode).toBe(0)
    expect(open.seen.at(-1)?.headers.authorization).toBe('Bearer real')
  })

  it('names itself to the server', () => {
    expect(new Set(sound.seen.map(({ headers }) => headers['user-agent']))).toEqual(
      new Set([expect.stringMatching(/^sallyport-examine\//)]),
    )
  })

  it('sends no more than its budget, and says which check that left undone', async () => {
    const before = open.seen.length
    const { exitCode, out } = await run(open.url, ['--only', 'sound-token-accepted', '--budget', '4', '--token', 'x'])
    expect(open.seen.length - before).toBe(4)
    expect(exitCode).toBe(3)
    expect(out.join('\n')).toMatch(/the budget of 4 requests is spent/)
  })
})

describe('a run that could come to nothing', () => {
  let sound: SmallServer
  beforeAll(async () => {
    sound = await startSmallServer()
  })
  afterAll(() => sound.close())

  const run = (args: readonly string[]): Promise<KeptRun> => runKept(['server', sound.url, ...FAST, ...args])

  it('is refused where --only and --skip leave nothing to ask', async () => {
    const { exitCode, err } = await run(['--only', 'no-token-refused', '--skip', 'RS-401-01'])
    expect(exitCode).toBe(2)
    expect(err.at(-1)).toMatch(/leave no check/)
  })

  it('does not pass where the revision has none of the requirements that were selected', async () => {
    const { exitCode, out, err } = await run(['--only', 'metadata-found', '--spec', '2025-03-26'])
    expect(exitCode).toBe(2)
    expect(err.at(-1)).toMatch(/MCP 2025-03-26 asks for nothing that was selected: metadata-found/)
    expect(out).toEqual([])
  })

  it.each(['--json', '--junit', '--sarif', '--html', '--badge'])(
    'sends nothing where the file of %s could not be written at its end',
    async (flag) => {
      const before = sound.seen.length
      const { exitCode, err } = await run(['--only', 'no-token-refused', flag, '/nowhere/report'])
      expect(exitCode).toBe(2)
      expect(err.at(-1)).toContain(`${flag} /nowhere/report cannot be written`)
      expect(sound.seen.length).toBe(before)
    },
  )

  it.each([
    ['many targets', ['server', '--targets', 't.yaml', '--html', '/nowhere/r']],
    ['the doctor', ['doctor', 'http://127.0.0.1:9/mcp', '--json', '/nowhere/r']],
    ['clients that are replayed', ['quirks', 'http://127.0.0.1:9', ...SIGNING_IN, '--json', '/nowhere/r']],
  ])('sends nothing either where it is about %s', async (_, args) => {
    const files = { 't.yaml': '- url: http://127.0.0.1:9/mcp\n' }
    const { exitCode, out, err } = await runKept(args, { files, environment: { PASSWORD: 'secret' } })
    expect(exitCode).toBe(2)
    expect(err).toEqual([expect.stringMatching(/\/nowhere\/r cannot be written/)])
    expect(out).toEqual([])
  })
})

describe('sallyport-examine diff', () => {
  const report = (verdict: string): string =>
    JSON.stringify({
      target: 'https://mcp.example/mcp',
      spec: '2026-07-28',
      summary: { pass: 0, fail: 0, warn: 0, notApplicable: 0, incomplete: 0 },
      checks: [
        {
          id: 'a',
          title: 'A',
          level: 'must',
          verdict,
          requirement: 'RS-401-01',
          source: 'https://x.example',
          detail: '',
          remedy: '',
          evidence: [],
        },
      ],
    })

  it('ends with 1 when a check got worse, and with 0 when none did', async () => {
    const files = { 'good.json': report('pass'), 'bad.json': report('fail'), 'no.json': '{}' }
    const worse = await runKept(['diff', 'good.json', 'bad.json'], { files })
    expect(worse.out.join('\n')).toMatch(/worse +a: pass → fail/)
    expect(worse.exitCode).toBe(1)
    expect((await runKept(['diff', 'bad.json', 'good.json'], { files })).exitCode).toBe(0)
    expect((await runKept(['diff', 'no.json', 'good.json'], { files })).exitCode).toBe(2)
    expect((await runKept(['diff', 'missing.json', 'good.json'], { files })).exitCode).toBe(2)
  })
})

describe('a baseline', () => {
  let open: SmallServer
  beforeAll(async () => {
    open = await startSmallServer({ open: true })
  })
  afterAll(() => open.close())

  const run = (only: string, text: string): Promise<KeptRun> =>
    runKept(['server', open.url, ...FAST, '--token', 'x', '--only', only, '--baseline', 'b.yaml'], {
      files: { 'b.yaml': text },
    })

  it('excuses a known failure and hides nothing of it', async () => {
    const { exitCode, out } = await run(
      'no-token-refused',
      'expected:\n  no-token-refused: it is public, see the wiki\n',
    )
    expect(exitCode).toBe(0)
    expect(out.at(-1)).toMatch(/1 failed/)
  })

  it('ends the run with 1 when an entry no longer fails', async () => {
    const { exitCode, out } = await run('sound-token-accepted', 'expected:\n  sound-token-accepted: once it did\n')
    expect(exitCode).toBe(1)
    expect(out.join('\n')).toMatch(/stale baseline entry: sound-token-accepted/)
  })

  it('says nothing about checks that did not run', async () => {
    const { exitCode } = await run('sound-token-accepted', 'expected:\n  no-token-refused: it is public\n')
    expect(exitCode).toBe(0)
  })

  it.each([
    ['another shape', '- no-token-refused'],
    ['no reason', 'expected:\n  no-token-refused:\n'],
    ['a name that is no check', 'expected:\n  nonsense: why not\n'],
    ['no YAML', 'expected: ['],
  ])('is refused before anything is sent: %s', async (_, text) => {
    const before = open.seen.length
    expect((await run('no-token-refused', text)).exitCode).toBe(2)
    expect(open.seen.length).toBe(before)
  })
})
