import type { Command } from 'commander'
import { requirementsById } from '../requirements/requirements.ts'
import { planServer } from '../run/plan-server.ts'
import { serverChecks } from '../server/checks.ts'
import { findFreePort } from '../start/free-port.ts'
import type { Console } from './console.ts'
import { listLines, planLines } from './listing.ts'
import { addLoginFlags, type LoginFlags, readLoginFlags } from './login-flags.ts'
import { addOutputFlags, concludeRun, type OutputFlags } from './outputs.ts'
import { planSignIn } from './planned-sign-in.ts'
import { addRootsFlag, loadRoots } from './private-roots.ts'
import { addRunFlags, several } from './run-flags.ts'
import { selectChecks } from './selection.ts'
import { readServerOptions, type ServerFlags } from './server-options.ts'
import { runProfile } from './server-profile.ts'
import { addTargetsFlags, refuseWithoutTargets, runTargetFile, type TargetsFlags } from './targets/run-target-file.ts'
import { UsageError } from './usage-error.ts'

interface VerbFlags extends ServerFlags, LoginFlags, OutputFlags, TargetsFlags {
  readonly plan?: boolean
  readonly ca?: string
}

/** Adds `server` to the program. */
export function addServerVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  const verb = program
    .command('server')
    .description('examine an MCP server as an OAuth protected resource')
    .argument('[mcp-url]', 'URL of the MCP endpoint; {port} in it is a free one, for --start')
  addTargetsFlags(verb)
  addTrustFlags(verb)
  addRootsFlag(verb)
  addLoginFlags(verb)
  addRunFlags(verb)
  addCallFlags(verb)
  addOutputFlags(verb)
  verb.action(async (url: string | undefined, flags: VerbFlags) => {
    finish(await runServerVerb(url, flags, verb, console))
  })
}

function addTrustFlags(verb: Command): void {
  verb
    .option('--start <command>', 'start the server by this command, and end it afterwards')
    .option(
      '--env <NAME=VALUE>',
      'tell the started server: {issuer} {audience} {url} {port} {downstream} are filled in',
      several,
    )
    .option('--start-timeout <seconds>', 'how long the server may take to answer', '60')
    .option('--issuer-port <port>', "port of the examiner's issuer http://127.0.0.1:<port>, which the server trusts")
    .option('--downstream-port <port>', "port of the examiner's downstream, which the server is set up to call")
    .option('--downstream-audience <identifier>', 'identifier of the downstream, where it is not its URL')
    .option('--audience <identifier>', 'identifier that tokens for the server carry, where it is not its URL')
    .option('--scope <scopes>', 'scopes that the server knows and does not name', several)
    .option('--token <token>', 'a real access token for the server')
    .option('--token-env <NAME>', 'the same, from the environment')
}

function addCallFlags(verb: Command): void {
  verb
    .option('--plan', 'print every request that would be sent, send none')
    .option('--call <tool=json>', 'a call of a tool that may be made', several)
    .option('--downstream-call <tool=json>', 'a call that may be made and reaches the downstream', several)
    .option('--read-only-tools', 'tools that say they only read, and need no arguments, may be called')
    .option('--allow-effects', 'every tool that needs no arguments may be called, on loopback')
    .option('--i-own-this <host>', 'with --allow-effects, for a server that is not on loopback')
}

/** @returns the exit code; usage errors and silence of the target are thrown */
async function runServerVerb(
  typed: string | undefined,
  flags: VerbFlags,
  verb: Command,
  console: Console,
): Promise<number> {
  const checks = selectChecks(serverChecks, { only: flags.only ?? [], skip: flags.skip ?? [] })
  if (flags.list === true) {
    for (const line of listLines(checks, requirementsById)) console.out(line)
    return 0
  }
  if (flags.targets !== undefined) {
    if (typed !== undefined) throw new UsageError(`either ${typed} or --targets: write it into the file as well`)
    return runTargetFile(flags.targets, { ...flags }, verb, console)
  }
  refuseWithoutTargets(flags)
  if (typed === undefined) throw new UsageError('which server? sallyport-examine server <mcp-url>, or --targets <file>')
  const url = typed.includes('{port}') ? typed.replaceAll('{port}', String(await findFreePort())) : typed
  const options = readServerOptions(url, flags, console.environment)
  const login = await readLoginFlags(url, flags, console)
  if (flags.plan === true) {
    const plan = { ...options, ...planSignIn(login), checks, requirements: requirementsById }
    for (const line of planLines(await planServer(plan), options)) console.out(line)
    return 0
  }
  const roots = await loadRoots(flags.ca, console)
  return concludeRun({
    flags,
    failOn: options.failOn,
    console,
    checkIds: new Set(serverChecks.map(({ id }) => id)),
    run: () => runProfile({ ...options, login }, checks, console, { roots }),
  })
}
