import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientChecks } from '../../src/client/checks.ts'
import { type KeptRun, runKept } from '../setup/kept-console.ts'

const START = fileURLToPath(new URL('../../fixtures/clients/start.ts', import.meta.url))
const NODE = process.execPath
/** A process is started for each world. */
const RUN_MS = 120_000

const fixture = (name: string): readonly string[] => [NODE, '--conditions=@sallyport/source', START, name]
const run = (flags: readonly string[], words: readonly string[]): Promise<KeptRun> =>
  runKept(['client', ...flags, '--', ...words])

describe('sallyport-examine client', () => {
  it.each([
    ['no command', ['client']],
    ['an unknown check', ['client', '--only', 'nonsense', '--', 'x']],
    ['an unknown revision', ['client', '--spec', '2024-11-05', '--', 'x']],
    ['an environment without a value', ['client', '--env', 'A', '--', 'x']],
    ['a time that is none', ['client', '--timeout', 'soon', '--', 'x']],
    ['a pace, which is the business of the client', ['client', '--rate', '5', '--', 'x']],
  ])('refuses %s: exit code 2', async (_, args) => {
    const { exitCode, err } = await runKept(args)
    expect(exitCode).toBe(2)
    expect(err.join('')).not.toBe('')
  })

  it('says how a command is written where there is none', async () => {
    expect((await runKept(['client'])).err.join('')).toMatch(/client -- <command/)
  })

  it('lists its checks', async () => {
    const { exitCode, out } = await runKept(['client', '--list'])
    expect(exitCode).toBe(0)
    expect(out.length).toBe(clientChecks.length)
  })

  it('tells a plan in words, and runs nothing', async () => {
    const { exitCode, out } = await run(['--plan', '--only', 'client-mix-up'], ['/no/such/program'])
    expect(exitCode).toBe(0)
    expect(out.join('\n')).toMatch(/would run: \/no\/such\/program <url>/)
    expect(out.join('\n')).toMatch(/client-mix-up: .*hostile authorization server/)
    expect(out.at(-1)).toMatch(/^2 runs of the client/)
  })

  it('ends with 4 where the command cannot be started', async () => {
    const { exitCode, err } = await run([], ['/no/such/program'])
    expect(exitCode).toBe(4)
    expect(err.at(-1)).toMatch(/\/no\/such\/program cannot be started/)
  })

  it(
    'ends with 0 at a sound client, named by its command',
    async () => {
      const flags = ['--only', 'client-pkce,client-iss-wrong', '--json', 'r.json']
      const { exitCode, out, err, files } = await run(flags, fixture('plain'))
      expect(out.at(-1)).toBe('2 passed, 0 failed, 0 warned, 0 not applicable, 0 incomplete')
      expect(exitCode).toBe(0)
      expect(err).toContain('the client is sent into: sound')
      expect(JSON.parse(files.get('r.json') ?? '')).toMatchObject({ spec: '2026-07-28', summary: { pass: 2 } })
    },
    RUN_MS,
  )

  it(
    'ends with 1 where a MUST is broken, shows what decided, and offers no line to send it again (C03)',
    async () => {
      const flags = ['--only', 'client-iss-wrong', '--html', 'r.html']
      const { exitCode, out, files } = await run(flags, fixture('ignores-iss'))
      expect(exitCode).toBe(1)
      const text = out.join('\n')
      expect(text).toMatch(/FAIL client-iss-wrong/)
      expect(text).toMatch(/GET http:\/\/127\.0\.0\.1:\d+\/authorize/)
      expect(text).toMatch(/POST http:\/\/127\.0\.0\.1:\d+\/token/)
      expect(text).not.toMatch(/curl/)
      expect(files.get('r.html')).not.toMatch(/curl/)
    },
    RUN_MS,
  )

  it('ends with 3 at a command that is no client, and says how far it came', async () => {
    const { exitCode, out } = await run(['--only', 'client-pkce'], [NODE, '-e', '0'])
    expect(exitCode).toBe(3)
    expect(out.join('\n')).toMatch(/it sent no request at all; it ended with 0/)
  })
})

describe('a client that does not end', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'client-verb-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** Starts a server in a process of its own, which notes its address, and waits for ever, as that process does. */
  const program = (path: string): string => {
    const server = `const server = require('node:http').createServer((_, answer) => answer.end())
      server.listen(0, '127.0.0.1', () => require('node:fs').writeFileSync(${JSON.stringify(path)}, String(server.address().port)))`
    return `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(server)}])
      setInterval(() => {}, 1000)`
  }

  it('is ended at the end of its time, with everything it started', async () => {
    const note = join(folder, 'port')
    const { exitCode, out } = await run(['--only', 'client-pkce', '--timeout', '5'], [NODE, '-e', program(note)])
    expect(exitCode).toBe(3)
    expect(out.join('\n')).toMatch(/it was ended at the end of its time/)
    const url = `http://127.0.0.1:${await readFile(note, 'utf8')}/`
    await expect.poll(() => answers(url)).toBe(false)
  })
})

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url)
    return true
  } catch {
    return false
  }
}
