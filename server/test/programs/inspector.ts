import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { addressesIn, fileOfCommand, homeIn } from './programs.ts'

/** What one command of the Inspector came to. */
export interface Outcome {
  /** 0 is success, 3 that it would have needed a person. */
  readonly exitCode: number | null
  /** What the tool said, when it did. */
  readonly answer: string | undefined
  readonly stderr: string
}

/** One command: `mcp-inspector --cli`. */
export interface Command {
  /** URL of the MCP server. */
  readonly server: string
  /** Where the Inspector keeps its things: who uses it again comes back after a restart. */
  readonly folder: string
  /** The tool, and its arguments. */
  readonly tool: readonly [name: string, input?: Readonly<Record<string, unknown>>]
  readonly options: readonly string[]
  /** Goes to the page that it opens; without one it runs as in CI, where nobody is. */
  readonly person?: (address: string) => Promise<void>
}

// Milliseconds; it gives up on connecting after fifteen seconds unless told otherwise, and two busy cores may take as long.
const PATIENCE = ['--connect-timeout', '60000']

const result = z.object({ result: z.object({ content: z.array(z.object({ text: z.string() })) }) })

/** Runs one command to its end; nothing of it is left after the test. */
export async function runInspector({ server, folder, tool, options, person }: Command): Promise<Outcome> {
  const [name, input = {}] = tool
  const call = ['--method', 'tools/call', '--tool-name', name, '--tool-args-json', JSON.stringify(input)]
  const target = ['--cli', '--server-url', server, '--transport', 'http', '--format', 'json', ...PATIENCE]
  const file = await fileOfCommand('@modelcontextprotocol/inspector', 'mcp-inspector')
  const child = spawn(process.execPath, [file, ...target, ...call, ...options], {
    // No keychain of the machine, and a browser although no terminal is there, where a person is.
    env: {
      ...(await homeIn(folder)),
      MCP_INSPECTOR_SECRET_STORE: 'file',
      ...(person === undefined ? {} : { MCP_AUTO_OPEN_ENABLED: 'true' }),
    },
    stdio: 'pipe',
  })
  // Also where the test gives up waiting: the Inspector waits for its person for minutes.
  onTestFinished(() => void child.kill('SIGKILL'))
  // Yes, it may ask for the scope that is missing. Nobody types anything else.
  child.stdin.on('error', () => undefined).end('y\n')
  const outputs = Promise.all([text(child.stdout), text(child.stderr)])
  const walked = walk(addressesIn(child.stderr), person)
  const [[stdout, stderr]] = await Promise.all([outputs, once(child, 'close'), walked])
  const answer = stdout === '' ? undefined : result.parse(JSON.parse(stdout)).result.content[0]?.text
  return { exitCode: child.exitCode, answer, stderr }
}

async function walk(addresses: AsyncIterable<string>, person: Command['person']): Promise<void> {
  for await (const address of addresses) {
    if (person === undefined) throw new Error(`nobody is there who could open ${address}`)
    await person(address)
  }
}

const stored = z.looseObject({ secrets: z.record(z.string(), z.string()) })
const tokens = z.looseObject({ access_token: z.string(), refresh_token: z.string(), scope: z.string() })
type StoredTokens = z.output<typeof tokens>

/** The tokens that the Inspector keeps in the folder. */
export async function storedTokens(folder: string): Promise<StoredTokens> {
  const { value } = await readTokens(folder)
  return value
}

/** Makes the stored access token one that no server takes any more, as if it had ended. */
export async function spoilAccess(folder: string): Promise<void> {
  const { file, content, name, value } = await readTokens(folder)
  const spoiled = JSON.stringify({ ...value, access_token: 'no-longer-good' })
  await writeFile(file, JSON.stringify({ ...content, secrets: { ...content.secrets, [name]: spoiled } }))
}

async function readTokens(folder: string) {
  const file = join(folder, 'home', '.mcp-inspector', 'secrets.json')
  const content = stored.parse(JSON.parse(await readFile(file, 'utf8')))
  const name = Object.keys(content.secrets).find((one) => one.includes(':tokens:'))
  if (name === undefined) throw new Error('the Inspector keeps no tokens')
  return { file, content, name, value: tokens.parse(JSON.parse(content.secrets[name] ?? '')) }
}
