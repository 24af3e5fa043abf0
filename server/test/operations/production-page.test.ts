import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { loadSettings } from '../../src/config/load-settings.ts'
import { describeSettings } from '../../src/config/setting-reference.ts'
import { createSealer } from '../../src/keys/sealing.ts'
import { run } from '../cli/fake-terminal.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { execute } from '../setup/cluster.ts'
import { refresh, signInAndRedeem } from '../setup/flow.ts'
import { ROOT } from './checkout.ts'

const page = readFileSync(`${ROOT}/docs/production.md`, 'utf8')

const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '')

const lines = blocks('sh').flatMap((block) => block.trim().split('\n'))
/** What follows the name of the program, in each of the ways the page writes it. */
const commands = lines.flatMap(
  (line) => line.match(/^(?:npm run sallyport -- |sallyport |docker compose run --rm server )(.*)$/)?.[1] ?? [],
)

let folder = ''
let server: TestServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'production-'))
  server = await startTestServer()
})

afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** The command that words lead to, and the words that are left. */
function find(command: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  const [first, ...rest] = words
  const inner = command.commands.find((candidate) => candidate.name() === first)
  return inner === undefined ? { command, rest: words } : find(inner, rest)
}

describe('docs/production.md', () => {
  it.each(commands)('shows a command that exists, with options that it takes: %s', (line) => {
    const program = createProgram({ terminal: processTerminal(), exitCode: 0 }, '')
    const { command, rest } = find(program, line.split(' '))
    expect(command.commands).toEqual([])
    const options = rest.filter((word) => word.startsWith('--'))
    expect(options.filter((option) => !command.options.some(({ long }) => long === option))).toEqual([])
  })

  it('shows more than a handful of them', () => {
    expect(commands.length).toBeGreaterThan(6)
  })

  it('names settings that exist', () => {
    const named = [
      ...page.matchAll(
        /`((?:lifetimes|registration|management|listen|egress)\.\w+|databasePoolSize|trustedProxies|privateUseRedirects|signingAlgorithm)/g,
      ),
    ]
    const known = describeSettings().map(({ path }) => path)
    expect(named.length).toBeGreaterThan(4)
    expect(named.map((match) => match[1]).filter((path) => !known.includes(path ?? ''))).toEqual([])
  })

  it('shows a way to put a new encryption key in front that keeps what was sealed before', async () => {
    await run(['init', '--issuer', 'https://auth.example.com'], { cwd: folder })
    const keys = () => {
      const loaded = loadSettings({ mode: 'serve', env: {}, cwd: folder })
      return loaded.ok ? loaded.settings.encryptionKeys : []
    }
    const context = { purpose: 'signing-key', table: 'signing_keys', rowId: 'one' } as const
    const before = keys()
    const sealed = createSealer(before).seal(context, Buffer.from('kept'))
    const [command = ''] = lines.filter((line) => line.includes('openssl rand'))
    await promisify(execFile)('sh', ['-c', command], { cwd: folder })
    expect(keys().map((key) => key.reveal())).toEqual([expect.any(String), ...before.map((key) => key.reveal())])
    expect(createSealer(keys()).open(context, sealed)?.toString()).toBe('kept')
    expect(createSealer(before).open(context, createSealer(keys()).seal(context, Buffer.from('new')))).toBeUndefined()
    expect(await readFile(join(folder, 'secrets/encryption-keys'), 'utf8')).toMatch(/^[^\n]{44}\n[^\n]{44}\n$/)
    expect((await stat(join(folder, 'secrets/encryption-keys'))).mode & 0o777).toBe(0o600)
  })

  it('shows a statement that ends all grants, so that an older refresh token of a restored database is worth nothing', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const renewed = await refresh(server, clientId, token)
    expect(renewed.status).toBe(200)
    const [statement = ''] = blocks('sql')
    await execute(server.databaseUrl, statement)
    const answer = await refresh(server, clientId, String(renewed.body.refresh_token))
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })
})
