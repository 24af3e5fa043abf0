import type { Command } from 'commander'
import { clientChecks } from '../client/checks.ts'
import { createCommandDriver } from '../client/drive/command.ts'
import type { ClientCheck } from '../client/scenario.ts'
import { QUIET_MS } from '../client/visit-world.ts'
import type { Report } from '../report/report.ts'
import { requirementsById } from '../requirements/requirements.ts'
import { examineClient } from '../run/examine-client.ts'
import type { Console } from './console.ts'
import { clientPlanLines, listLines } from './listing.ts'
import { addOutputFlags, concludeRun, type OutputFlags } from './outputs.ts'
import { addSelectionFlags, type RunFlags, readEnvironment, readRunOptions, readSeconds, several } from './run-flags.ts'
import { selectChecks } from './selection.ts'
import { UsageError } from './usage-error.ts'

/** Of one run: a client that npx fetches first takes its time, and one that hangs is met in many worlds. */
const DEFAULT_RUN_SECONDS = 30

interface VerbFlags extends Pick<RunFlags, 'only' | 'skip' | 'list' | 'spec' | 'timeout' | 'failOn'>, OutputFlags {
  readonly env?: readonly string[]
  readonly plan?: boolean
}

/** Adds `client` to the program. */
export function addClientVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  const verb = program
    .command('client')
    .description('run a client against hostile MCP servers and authorization servers, and judge what it does there')
    .usage('[options] -- <command...>')
    .argument('[command...]', 'the client; the URL of an MCP server takes the place of {url}, or else comes last')
    .option('--env <NAME=VALUE>', 'tell the client: {url} and {folder}, a folder of each run, are filled in', several)
    .option('--timeout <seconds>', `how long one run of the client may take (${DEFAULT_RUN_SECONDS})`)
    .option('--plan', 'tell every world that the client would be sent into, run nothing')
  addSelectionFlags(verb)
  addOutputFlags(verb)
  verb.action(async (words: readonly string[], flags: VerbFlags) => finish(await runClientVerb(words, flags, console)))
}

/** @returns the exit code; usage errors and commands that do not start are thrown */
async function runClientVerb(words: readonly string[], flags: VerbFlags, console: Console): Promise<number> {
  const checks = selectChecks(clientChecks, { only: flags.only ?? [], skip: flags.skip ?? [] })
  if (flags.list === true) {
    for (const line of listLines(checks, requirementsById)) console.out(line)
    return 0
  }
  if (words.length === 0) throw new UsageError('which client? sallyport-examine client -- <command...>')
  const { spec, failOn } = readRunOptions(flags)
  const run: ClientRun = {
    words,
    env: readEnvironment(flags.env ?? []),
    spec,
    timeoutMs: readSeconds('--timeout', flags.timeout, DEFAULT_RUN_SECONDS),
  }
  if (flags.plan === true) {
    for (const line of clientPlanLines(checks, words)) console.out(line)
    return 0
  }
  return concludeRun({
    flags,
    failOn,
    console,
    checkIds: new Set(clientChecks.map(({ id }) => id)),
    run: () => examineCommand(checks, run, console),
  })
}

interface ClientRun {
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly spec: ReturnType<typeof readRunOptions>['spec']
  readonly timeoutMs: number
}

function examineCommand(
  checks: readonly ClientCheck[],
  { words, env, spec, timeoutMs }: ClientRun,
  console: Console,
): Promise<Report> {
  return examineClient({
    target: words.join(' '),
    drive: createCommandDriver({ words, env, onStart: console.onInterrupt }),
    spec,
    checks,
    requirements: requirementsById,
    limits: { timeoutMs, quietMs: QUIET_MS },
    onVisit: (world) => console.err(`the client is sent into: ${world}`),
    onResult: ({ verdict, id }, done, all) => console.err(`[${done}/${all}] ${verdict.padEnd(14)} ${id}`),
  })
}
