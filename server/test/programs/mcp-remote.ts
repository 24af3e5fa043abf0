import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { z } from 'zod'
import { addressesIn, fileOfCommand, homeIn } from './programs.ts'

/** A desktop program that has mcp-remote in its settings, as one of its servers. */
export interface Host {
  readonly client: Client
  /** Starts mcp-remote and waits until it has reached the server: with a person on the way, where it needs one. */
  connect(): Promise<void>
  /** The next page that it opens. @throws when it ends, or has ended, without one */
  opened(): Promise<string>
  /** What it said to who reads its log. */
  said(): string
  /** Ends mcp-remote, as a program does that is closed, whatever it is doing. */
  close(): Promise<void>
}

/** What mcp-remote keeps of a grant. */
const tokensFile = z.looseObject({ access_token: z.string(), refresh_token: z.string(), scope: z.string() })
type KeptTokens = z.output<typeof tokensFile>

// A person on a machine with two busy cores; it gives up after thirty seconds unless told otherwise.
const PATIENCE = ['--auth-timeout', '120']

/**
 * Makes a host; nothing runs before it connects, and nothing after it was closed.
 *
 * @param server URL of the MCP server
 * @param folder where mcp-remote keeps its things: who uses it again comes back after a restart
 * @param options on the command line of mcp-remote
 */
export async function createHost(server: string, folder: string, options: readonly string[] = []): Promise<Host> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [await fileOfCommand('mcp-remote', 'mcp-remote'), server, ...PATIENCE, ...options],
    env: { ...(await homeIn(folder)), MCP_REMOTE_CONFIG_DIR: configIn(folder) },
    stderr: 'pipe',
  })
  const client = new Client({ name: 'host', version: '1' })
  const lines: string[] = []
  const { stderr } = transport
  if (!(stderr instanceof Readable)) throw new Error('its stderr is not a pipe')
  stderr.on('data', (chunk) => lines.push(String(chunk)))
  const addresses = addressesIn(stderr)
  const ended = new Promise<undefined>((resolve) => {
    client.onclose = () => resolve(undefined)
  })
  return {
    client,
    connect() {
      const connecting = client.connect(transport, { timeout: CONNECT_MS })
      // A test that has failed does not wait for it any more.
      connecting.catch(() => undefined)
      return connecting
    },
    async opened() {
      const page = await Promise.race([addresses.next(), ended])
      if (page?.value === undefined) throw new Error(`it ended without a page; it said: ${lines.join('')}`)
      return page.value
    },
    said: () => lines.join(''),
    close: () => client.close(),
  }
}

// Above the patience of mcp-remote, so that its own words are what a failure shows.
const CONNECT_MS = 150_000

const configIn = (folder: string): string => join(folder, 'mcp-auth')

async function fileIn(folder: string, ending: string): Promise<string> {
  const names = await readdir(configIn(folder), { recursive: true })
  const name = names.find((one) => one.endsWith(ending))
  if (name === undefined) throw new Error(`mcp-remote keeps no ${ending}: ${names.join(', ')}`)
  return join(configIn(folder), name)
}

/** The tokens that mcp-remote keeps in the folder. */
export async function keptTokens(folder: string): Promise<KeptTokens> {
  return tokensFile.parse(JSON.parse(await readFile(await fileIn(folder, 'tokens.json'), 'utf8')))
}

/** Makes the kept access token one that no server takes any more, as if it had ended. */
export async function loseAccess(folder: string): Promise<void> {
  const file = await fileIn(folder, 'tokens.json')
  await writeFile(file, JSON.stringify({ ...(await keptTokens(folder)), access_token: 'no-longer-good' }))
}

const registrationFile = z.looseObject({ client_id: z.string() })

async function registrationIn(folder: string) {
  const file = await fileIn(folder, 'client_info.json')
  return { file, known: registrationFile.parse(JSON.parse(await readFile(file, 'utf8'))) }
}

/** The client id of the registration that mcp-remote keeps in the folder. */
export async function keptClientId(folder: string): Promise<string> {
  return (await registrationIn(folder)).known.client_id
}

/** Makes the kept registration one that the server does not know, and takes the tokens away. */
export async function loseRegistration(folder: string): Promise<void> {
  const { file, known } = await registrationIn(folder)
  await writeFile(file, JSON.stringify({ ...known, client_id: 'client_forgotten' }))
  await rm(await fileIn(folder, 'tokens.json'))
}
