import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeptRun, runKept } from '../../setup/kept-console.ts'
import { type SmallServer, startSmallServer } from '../../setup/small-server.ts'

const ONLY = ['--only', 'no-token-refused', '--rate', '500']
/** Nobody listens there. */
const NOBODY = 'http://127.0.0.1:9/mcp'

describe('sallyport-examine server --targets', () => {
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

  const run = (
    text: string,
    args: readonly string[] = [],
    { files, environment }: { files?: Record<string, string>; environment?: Record<string, string> } = {},
  ): Promise<KeptRun> =>
    runKept(['server', '--targets', 't.yaml', ...ONLY, ...args], {
      files: { ...files, 't.yaml': text },
      environment: { TOKEN: 'canary.canary.canary', ...environment },
    })
  const target = (name: string, url: string, more = ''): string =>
    `- name: ${name}\n  url: ${url}\n  tokenEnv: TOKEN\n${more}`
  const three = (): string => target('good', sound.url) + target('bad', open.url) + target('gone', NOBODY)

  it('examines all of them, says of each what came, and counts them in the last line', async () => {
    const { exitCode, out, err } = await run(three())
    expect(exitCode).toBe(1)
    const text = out.join('\n')
    expect(text).toMatch(/judged by MCP 2026-07-28 \(good\)/)
    expect(text).toMatch(/\(bad\)\n\nFAIL no-token-refused/)
    expect(text).toMatch(/UNREACHABLE gone: .*127\.0\.0\.1:9/)
    expect(out.at(-1)).toBe('1 passed, 1 failed, 0 warned, 0 not applicable, 0 incomplete')
    expect(err).toContain('good: [1/1] pass           no-token-refused')
    expect(err).toContain('bad: [1/1] fail           no-token-refused')
  })

  it('writes them as one report in every form, in the order of the file and without the token', async () => {
    const forms = [
      '--json',
      'r.json',
      '--junit',
      'r.xml',
      '--sarif',
      'r.sarif',
      '--html',
      'r.html',
      '--badge',
      'b.json',
    ]
    const { files, out } = await run(three(), forms)
    const { targets } = JSON.parse(files.get('r.json') ?? '')
    expect(targets).toEqual([
      {
        name: 'good',
        target: sound.url,
        spec: '2026-07-28',
        summary: expect.any(Object),
        checks: [expect.any(Object)],
      },
      expect.objectContaining({ name: 'bad', summary: expect.objectContaining({ fail: 1 }) }),
      { name: 'gone', target: NOBODY, unreachable: expect.stringContaining('127.0.0.1:9') },
    ])
    const suites = [
      ...(files.get('r.xml') ?? '').matchAll(/<testsuite name="(\w+)" tests="1" failures="(\d)" errors="(\d)"/g),
    ]
    expect(suites.map(([, ...parts]) => parts)).toEqual([
      ['good', '0', '0'],
      ['bad', '1', '0'],
      ['gone', '0', '1'],
    ])
    const { runs } = JSON.parse(files.get('r.sarif') ?? '')
    expect(runs.map((each: { automationDetails: { id: string } }) => each.automationDetails.id)).toEqual(
      ['good', 'bad', 'gone'].map((name) => `sallyport-examine/${name}/`),
    )
    expect(runs[2].invocations[0].executionSuccessful).toBe(false)
    expect(JSON.parse(files.get('b.json') ?? '').message).toBe('1 failed')
    expect(files.get('r.html')).toMatch(/<h2 id="target-3-name">gone</)
    expect([...files.values(), ...out].join('\n')).not.toContain('canary')
  })

  it.each([
    { worst: 1, of: 'a failure beside silence', file: () => target('gone', NOBODY) + target('bad', open.url) },
    {
      worst: 4,
      of: 'silence beside a gap',
      file: () => target('gone', NOBODY) + target('gap', sound.url, '  only: sound-token-accepted\n'),
    },
    {
      worst: 3,
      of: 'a gap beside what is well',
      file: () => target('good', sound.url) + target('gap', sound.url, '  only: sound-token-accepted\n'),
    },
    { worst: 0, of: 'what is well', file: () => target('good', sound.url) },
  ])('ends with $worst for $of', async ({ worst, file }) => {
    expect((await run(file())).exitCode).toBe(worst)
  })

  it('excuses by the baseline of each target, and fails for an entry of one that no longer fails', async () => {
    const baseline = '  baseline: known.yaml\n'
    const files = { 'known.yaml': 'expected:\n  no-token-refused: it is a demo' }
    expect((await run(target('bad', open.url, baseline), [], { files })).exitCode).toBe(0)
    const { exitCode, out } = await run(target('bad', open.url, baseline) + target('good', sound.url, baseline), [], {
      files,
    })
    expect(exitCode).toBe(1)
    expect(out).toContain('good: stale baseline entry: no-token-refused no longer fails, take it out')
  })

  it('speaks to a workflow of each target by its name', async () => {
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary.txt' }
    const { out, files } = await run(three(), [], { environment })
    expect(out.filter((line) => line.startsWith('::'))).toEqual([
      expect.stringContaining('::error title=bad%3A no-token-refused%3A fail::'),
      expect.stringContaining('::error title=gone%3A unreachable::'),
    ])
    expect(files.get('summary.txt')).toMatch(/^## 3 targets\n(?:.*\n)+\| bad \| 0 passed, 1 failed/)
    expect(out.at(-1)).toMatch(/^1 passed, 1 failed/)
  })

  it('names no target in a report to be shown to others', async () => {
    const { files, out } = await run(target('secret-host', 'https://mcp.secret.invalid/mcp'), [
      '--json',
      'r.json',
      '--redact-target',
    ])
    const { targets } = JSON.parse(files.get('r.json') ?? '')
    expect(targets).toEqual([
      { name: 'target 1', target: 'https://target-1.example/mcp', unreachable: expect.any(String) },
    ])
    expect([...files.values(), ...out].join('\n')).not.toContain('secret')
  })

  it('shows no secret of what a server says that does not start', async () => {
    const secret = 'canary0123456789canary'
    const start = `node -e "console.log('access_token=${secret}')"`
    const text = `- name: broken\n  url: http://127.0.0.1:{port}/mcp\n  start: ${JSON.stringify(start)}\n`
    const { files, exitCode, out, err } = await run(text, ['--json', 'r.json', '--resume', 's.json'])
    expect(exitCode).toBe(4)
    const [broken] = JSON.parse(files.get('r.json') ?? '').targets
    expect(broken.unreachable).toMatch(/ended with 0; it said:\naccess_token=\[redacted\]/)
    const written = [...files.values(), ...out, ...err.filter((line) => !line.startsWith('broken: starting:'))]
    expect(written.join('\n')).not.toContain(secret)
  })

  it('asks one host for no more than its rate, however many of its targets are examined at once', async () => {
    const before = open.seen.length
    const slow = ['  rate: 20\n', '  rate: 500\n', '  rate: 500\n']
    const started = performance.now()
    await run(slow.map((rate, at) => target(`t${at}`, open.url, rate)).join(''))
    const seconds = (performance.now() - started) / 1_000
    const sent = open.seen.length - before
    expect(sent).toBeGreaterThan(9)
    // Each for itself, two of the three would be done at once; a slow machine only lowers this.
    expect((sent - 1) / seconds).toBeLessThan(40)
  })
})
