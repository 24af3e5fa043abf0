import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../server/test/e2e/free-port.ts'
import { startTestServer, type TestServer } from '../../../../server/test/setup/authorization-server.ts'
import { type ReadmeCommand, ROOT, readmeCommands, readStory, type Story } from './story.ts'

/** A story starts a server and up to four processes; on two busy cores that was seen to take two minutes. */
export const STORY_TIMEOUT_MS = 300_000

/** A story while its processes run. */
export interface OpenStory {
  readonly server: TestServer
  /** Where each of them is open, by the file that was started. */
  readonly urls: Readonly<Record<string, string>>
  close(): Promise<void>
}

/**
 * Runs the commands of a story's README, each as a process of its own, against an authorization server.
 *
 * @param story which one
 * @param withoutEnv variables of the README that are left out
 */
export async function openStory(story: Story, withoutEnv: readonly string[] = []): Promise<OpenStory> {
  const server = await startTestServer()
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-story-'))
  const running: ChildProcess[] = []
  const urls: Record<string, string> = {}
  async function close(): Promise<void> {
    for (const child of running) child.kill()
    await server.close()
    await rm(folder, { recursive: true })
  }
  try {
    const here = await relocation(story, folder)
    const around = { PATH: process.env.PATH, ISSUER: server.issuer, DATABASE_URL: server.databaseUrl }
    for (const command of readmeCommands(story)) {
      const { env, ...rest } = here(command)
      for (const name of withoutEnv) delete env[name]
      const child = await start(rest, { ...around, ...env })
      running.push(child)
      // A hook that ran out of time closes nothing; its processes must not outlive the tests all the same.
      process.once('exit', () => child.kill())
      if (command.script === 'example') urls[command.args[0]?.split('/').at(-1) ?? ''] = await opened(child)
      else await finished(child)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { server, urls, close }
}

/** Ports that are free here in place of those that the README chose, and a folder for keys that is gone afterwards. */
async function relocation(
  story: Story,
  folder: string,
): Promise<(command: ReadmeCommand) => ReadmeCommand & { env: Record<string, string> }> {
  const ports = new Map<string, number>()
  for (const [port] of readStory(story, 'README.md').matchAll(/\b94\d\d\b/g))
    ports.set(port, ports.get(port) ?? (await freePort()))
  const move = (text: string): string =>
    text.replace(/\b94\d\d\b/g, (port) => String(ports.get(port))).replace('.sallyport/', `${folder}/`)
  return ({ env, script, args }) => {
    const file = args[0]?.split('/').at(-1) ?? ''
    const standing = script === 'example' ? /PORT \?\? (\d+)/.exec(readStory(story, file))?.[1] : undefined
    const warehouse = move('http://127.0.0.1:9421')
    const moved = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, move(value)]))
    return {
      script,
      args: args.map(move),
      env: { ...(standing !== undefined && { PORT: move(standing) }), WAREHOUSE: warehouse, ...moved },
    }
  }
}

/** Starts what an npm script of the package starts. */
async function start(
  { script, args }: Pick<ReadmeCommand, 'script' | 'args'>,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    await readFile(join(ROOT, 'package.json'), 'utf8'),
  )
  const [exec, node, ...options] = scripts[script]?.split(' ') ?? []
  if (exec !== 'exec' || node !== 'node') throw new Error(`package.json has no script ${script} that runs node`)
  return spawn(process.execPath, [...options, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** The address that a server prints when it is open. */
async function opened(child: ChildProcess): Promise<string> {
  const output = collect(child)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.stdout?.on('data', () => {
    const url = / is open: (\S+)/.exec(output())?.[1]
    if (url !== undefined) resolve(url)
  })
  child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output()}`)))
  return promise
}

async function finished(child: ChildProcess): Promise<void> {
  const output = collect(child)
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the command ended with ${code}: ${output()}`)
}

function collect(child: ChildProcess): () => string {
  let text = ''
  const add = (chunk: unknown): void => {
    text += String(chunk)
  }
  child.stdout?.on('data', add)
  child.stderr?.on('data', add)
  return () => text
}
