import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseToolsFile } from '@sallyport/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname
const readme = await readFile(`${root}README.md`, 'utf8')

/** The content of every fenced block of one language. */
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '')

const toolsFile = blocks('yaml').find((block) => block.startsWith('scopes:')) ?? ''
const settingsFile = blocks('yaml').find((block) => block.startsWith('issuer:')) ?? ''
const commands = [
  ...readme.matchAll(
    /npm run sallyport -- ([a-z][a-z-]*(?: (?:add|list|remove|passwd|disable|revoke|rotate|rewrap))?)/g,
  ),
]
const listed = [
  ...readme.matchAll(/^\| `([a-z-]+(?: [a-z]+)?)`(?:, `([a-z-]+)`)?(?:, `([a-z-]+)`)?(?:, `([a-z-]+)`)? +\|/gm),
]

interface Run {
  readonly code: number
  readonly output: string
}

function sallyport(arguments_: readonly string[], cwd: string): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>()
  const args = ['--conditions=@sallyport/source', `${root}server/bin/sallyport.js`, ...arguments_]
  execFile(process.execPath, args, { cwd, env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr })
  })
  return promise
}

/** The verbs that a help lists. */
const verbsOf = (help: string): readonly string[] =>
  [...help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z][a-z-]+) /gm)].map((match) => match[1] ?? '')

const NOUNS = ['user', 'client', 'resource', 'grants', 'keys']
let folder = ''
/** By noun, and by the empty string for the program itself. */
const verbs = new Map<string, readonly string[]>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'readme-'))
  const key = (): string => randomBytes(32).toString('base64')
  await writeFile(join(folder, 'database-url'), 'postgres://sallyport@127.0.0.1/sallyport\n')
  await writeFile(join(folder, 'encryption-keys'), `${key()}\n`)
  await writeFile(join(folder, 'cookie-keys'), `${key()}\n`)
  await writeFile(join(folder, 'tools.yaml'), toolsFile)
  await writeFile(join(folder, 'sallyport.yaml'), settingsFile.replaceAll('/run/secrets', folder))
  for (const noun of ['', ...NOUNS]) {
    const { output } = await sallyport([...noun.split(' ').filter((word) => word !== ''), '--help'], folder)
    verbs.set(noun, verbsOf(output))
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('README.md', () => {
  it('shows a tools file that is one', () => {
    expect(parseToolsFile(toolsFile)).toMatchObject({ ok: true })
  })

  it('shows settings that serve would start with', async () => {
    const run = await sallyport(['check-config'], folder)
    expect(run).toEqual({ code: 0, output: expect.stringContaining('good for serve') })
  })

  it.each([...new Set(commands.map((match) => match[1] ?? ''))])('names the command %s, which exists', (command) => {
    const [first = '', second] = command.split(' ')
    expect(verbs.get('')).toContain(first)
    if (second !== undefined) expect(verbs.get(first)).toContain(second)
  })

  it.each(NOUNS)('lists the verbs of %s and no other', (noun) => {
    const row = listed.find((match) => match[1]?.startsWith(`${noun} `))
    const [, first = '', ...others] = row ?? []
    expect([first.split(' ')[1], ...others.filter((other) => other !== undefined)]).toEqual(verbs.get(noun))
  })
})
