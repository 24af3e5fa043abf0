import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { judgeIssuer } from '../config/issuer.ts'
import type { JudgedSettings } from '../config/judge-settings.ts'
import { loadSettings } from '../config/load-settings.ts'
import { formatProblem } from '../config/problem.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { type InitPlan, planInit, SETTINGS_FILE } from './init-plan.ts'
import { askLine } from './line-prompt.ts'
import { collect } from './option-list.ts'
import { printJson } from './print-result.ts'
import type { Terminal } from './terminal.ts'
import { writePlan } from './write-plan.ts'

interface InitOptions {
  readonly issuer?: string
  readonly dir: string
  readonly databaseUrlFile?: string
  readonly databaseHost: string
  readonly trustedProxy?: readonly string[]
  readonly json?: boolean
}

/** Name of the service in `docker-compose.yml`. */
const DATABASE_HOST = 'postgres'

/** `sallyport init`: a settings file with fresh secrets beside it, judged like any other. */
export function initCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'init',
    summary: 'write a settings file to begin with, and fresh secrets beside it',
    details:
      'Writes sallyport.yaml with every setting explained, and the folder secrets/ with keys and a database password that only this user can read. Nothing that is there is ever written over. Asks for the issuer when there is a terminal and no --issuer.',
    examples: [
      'sallyport init --issuer https://auth.example.com --dir /etc/sallyport',
      'sallyport init --issuer https://auth.example.com --database-url-file /run/secrets/database --json',
    ],
  })
  return command
    .option('--issuer <url>', 'the https URL people and clients will reach the server by')
    .option('--dir <folder>', 'where to write', '.')
    .option('--database-url-file <file>', 'file with the URL of your PostgreSQL (default: a fresh one is written)')
    .option('--database-host <host>', 'host, or host:port, in the URL that is written', DATABASE_HOST)
    .option('--trusted-proxy <network>', 'network of the proxy in front; can be repeated', collect)
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...options }: InitOptions) => {
      const issuer = options.issuer ?? (await askIssuer(terminal))
      const plan = planInit({ ...answersOf(options), issuer: judged(issuer) }, terminal.cwd)
      const folder = resolve(terminal.cwd, options.dir)
      // Judged before a file exists: a refused answer leaves nothing to clean up.
      requireGood(terminal, judgeFolder(folder, plan))
      writePlan(folder, plan)
      requireGood(terminal, judgeFolder(folder))
      printDone(terminal, { issuer, dir: options.dir, plan, json })
    })
}

function answersOf({ databaseHost, databaseUrlFile, trustedProxy = [] }: InitOptions) {
  if (!/^[\w.-]+(?::\d{1,5})?$|^\[[\da-fA-F:]+\](?::\d{1,5})?$/.test(databaseHost))
    throw usage('--database-host is a host, or host:port')
  return { databaseHost, databaseUrlFile, trustedProxies: trustedProxy }
}

async function askIssuer(terminal: Terminal): Promise<string> {
  if (!terminal.stdin.isTTY) throw usage('--issuer is missing, and there is no terminal to ask')
  const answer = await askLine(terminal, 'Issuer (the https URL people and clients will reach this server by): ')
  return answer.trim()
}

function judged(issuer: string): string {
  const judgement = judgeIssuer(issuer, { allowLoopbackHttp: false })
  if (judgement.ok) return issuer
  throw usage(`the issuer ${judgement.reason}`)
}

/**
 * Judges the folder as `serve` would read it, by its files alone: the environment of this moment is not that of the server.
 * @param plan what is about to be written; without it the disk is read
 */
function judgeFolder(folder: string, plan?: InitPlan): JudgedSettings {
  const planned = new Map(
    [plan?.settings, ...(plan?.secrets ?? [])].map((file) => [join(folder, file?.path ?? ''), file?.text]),
  )
  return loadSettings({
    mode: 'serve',
    flags: { config: join(folder, SETTINGS_FILE) },
    env: {},
    cwd: folder,
    readFile: (path) => planned.get(path) ?? readFileSync(path, 'utf8'),
  })
}

function requireGood(terminal: Terminal, loaded: JudgedSettings): void {
  if (loaded.ok) return
  for (const problem of loaded.problems) terminal.alert('error', formatProblem(problem))
  throw new CommandError(EXIT.usage, 'SALLYPORT_E_SETTINGS', '')
}

function printDone(
  terminal: Terminal,
  done: { readonly issuer: string; readonly dir: string; readonly plan: InitPlan; readonly json: boolean | undefined },
): void {
  const { issuer, dir, plan, json } = done
  const files = [plan.settings, ...plan.secrets].map(({ path }) => join(dir, path))
  const config = join(dir, SETTINGS_FILE)
  const next = ['migrate', 'user add <login>', 'serve'].map((verb) => `sallyport ${verb} --config ${config}`)
  if (json) {
    printJson(terminal, { issuer, files, next })
    return
  }
  for (const file of files) terminal.write(`wrote ${file}\n`)
  terminal.write(`settings are good for serve: issuer ${issuer}\n`)
  if (plan.secrets.some(({ path }) => path.endsWith('database-url')))
    terminal.log(
      'The database URL is that of docker-compose.yml; for another PostgreSQL, put its URL into secrets/database-url.',
    )
  terminal.log('Keep the secrets: without the encryption keys nothing that was issued survives. Next:')
  for (const line of next) terminal.log(`  ${line}`)
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', message)
}
