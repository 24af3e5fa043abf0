import type { Command } from 'commander'
import type { ClientProfile } from '../quirks/profile.ts'
import { stepId } from '../quirks/replay-client.ts'
import { scoreLines } from '../quirks/score.ts'
import { REPLAY_STEPS } from '../quirks/steps/all.ts'
import { renderHumanOfMany } from '../report/formats/human.ts'
import { examinedOf, type ManyReport } from '../report/many.ts'
import { redactTargets } from '../report/target-names.ts'
import { replayClients } from '../run/replay-clients.ts'
import { applyBaseline, loadBaseline } from './baseline.ts'
import type { Console } from './console.ts'
import { addDocumentFlags, openDocumentHost } from './document-flags.ts'
import { exitCodeOf, isFailing } from './exit-code.ts'
import { addOutputFlags, type OutputFlags, refuseUnwritable, statementOf, writeFormats } from './outputs.ts'
import { listClients, planClients } from './quirks-listing.ts'
import { type QuirksFlags, type QuirksOptions, readQuirksOptions, selectClients } from './quirks-options.ts'
import { addPaceFlags, several, severalNames } from './run-flags.ts'
import { tellGitHubOfMany } from './targets/conclude-targets.ts'
import { UsageError } from './usage-error.ts'
import { USER_AGENT } from './version.ts'

interface VerbFlags extends QuirksFlags, OutputFlags {
  readonly plan?: boolean
}

/** Adds `quirks` to the program. */
export function addQuirksVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  const verb = program
    .command('quirks')
    .description('replay clients in service at an authorization server, and say how far each comes')
    .argument('[issuer]', 'issuer identifier, as its metadata writes it')
    .option('--resource <uri>', 'MCP server to ask tokens for; without it nobody signs in')
    .option('--scope <scopes>', 'scopes of the MCP server', several)
    .option('--step-up-scope <scopes>', 'scopes that a later challenge names', several)
    .option(
      '--mcp <url>',
      'where the MCP server answers: each client lists its tools; else tokens are judged by themselves',
    )
    .option(
      '--client <client=id>',
      'a client that is registered for one of them, <client>=<id>:<secret> as well',
      several,
    )
    .option('--login <way>', 'form:<name>: this person signs in')
    .option('--password-env <NAME>', 'the password, from the environment')
    .option('--password-file <file>', 'the same, from a file')
  addDocumentFlags(verb)
  verb
    .option('--only <clients>', 'replay these clients alone', severalNames)
    .option('--skip <clients>', 'leave these clients out', severalNames)
    .option('--list', 'list clients and steps, send nothing')
    .option('--plan', 'print what each client would send, and who says so; send nothing')
  addPaceFlags(verb)
  addOutputFlags(verb)
  verb.action(async (issuer: string | undefined, flags: VerbFlags) =>
    finish(await runQuirksVerb(issuer, flags, console)),
  )
}

/** @returns the exit code; usage errors and silence of the target are thrown */
async function runQuirksVerb(issuer: string | undefined, flags: VerbFlags, console: Console): Promise<number> {
  const clients = selectClients(flags.only ?? [], flags.skip ?? [])
  if (flags.list === true || flags.plan === true) {
    for (const line of flags.list === true ? listClients(clients) : planClients(clients)) console.out(line)
    return 0
  }
  if (issuer === undefined) throw new UsageError('which issuer? sallyport-examine quirks <issuer>')
  const options = await readQuirksOptions(issuer, flags, console)
  const ids = new Set(clients.flatMap((profile) => REPLAY_STEPS.map((step) => stepId(profile, step))))
  const baseline = await loadBaseline(flags.baseline, ids, console)
  await refuseUnwritable(flags, console)
  const found = await replay(clients, options, console)
  const shown = flags.redactTarget === true ? redactHosts(found) : found
  await writeFormats({ kind: 'many', report: shown }, flags, console)
  await tellGitHubOfMany(shown, console)
  const results = examinedOf(shown).flatMap(({ checks }) => checks)
  const { open, stale } = applyBaseline(results, baseline, (result) => isFailing(result, options.failOn))
  for (const id of stale) console.out(`stale baseline entry: ${id} no longer fails, take it out`)
  for (const line of scoreLines(shown)) console.out(line)
  console.out(renderHumanOfMany(shown, { stream: console.stream, statementOf }).trimEnd())
  return exitCodeOf(open, options.failOn, stale.length)
}

async function replay(
  clients: readonly ClientProfile[],
  options: QuirksOptions,
  console: Console,
): Promise<ManyReport> {
  const { documents, failOn: _, ...settings } = options
  const documentHost = documents === undefined ? undefined : await openDocumentHost(documents)
  try {
    return await replayClients({
      ...settings,
      documentHost,
      clients,
      userAgent: USER_AGENT,
      onStep: ({ verdict, id }) => console.err(`${verdict.padEnd(14)} ${id}`),
    })
  } finally {
    await documentHost?.close()
  }
}

/** Hosts have other names; clients keep theirs, which tell nothing of whose server it is. */
function redactHosts(many: ManyReport): ManyReport {
  const { targets } = redactTargets(many)
  return { targets: targets.map((target, at) => ({ ...target, name: many.targets[at]?.name ?? target.name })) }
}
