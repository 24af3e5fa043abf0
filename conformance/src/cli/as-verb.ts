import type { Command } from 'commander'
import { authorizationServerChecks } from '../as/checks.ts'
import type { Report } from '../report/report.ts'
import { requirementsById } from '../requirements/requirements.ts'
import { type ExamineAuthorizationServer, examineAuthorizationServer } from '../run/examine-as.ts'
import { planAuthorizationServer } from '../run/plan-as.ts'
import { type AsFlags, type AsOptions, readAsOptions } from './as-options.ts'
import type { Console } from './console.ts'
import { addDocumentFlags, openDocumentHost } from './document-flags.ts'
import { listLines, planLines } from './listing.ts'
import { addOutputFlags, concludeRun, type OutputFlags } from './outputs.ts'
import { addRunFlags, several } from './run-flags.ts'
import { selectChecks } from './selection.ts'
import { UsageError } from './usage-error.ts'
import { USER_AGENT } from './version.ts'

interface VerbFlags extends AsFlags, OutputFlags {
  readonly plan?: boolean
}

/** Adds `as` to the program. */
export function addAsVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  const verb = program
    .command('as')
    .description('examine an authorization server for MCP')
    .argument('[issuer]', 'issuer identifier, as its metadata writes it')
  addFlowFlags(verb)
  addDocumentFlags(verb)
  addRunFlags(verb)
  verb.option('--plan', 'print what would be sent, send nothing')
  addOutputFlags(verb)
  verb.action(async (issuer: string | undefined, flags: VerbFlags) => finish(await runAsVerb(issuer, flags, console)))
}

function addFlowFlags(verb: Command): void {
  verb
    .option('--resource <uri>', 'MCP server to ask tokens for; without it no flow is tried')
    .option('--other-resource <uri>', 'another MCP server of the issuer, which the first has no tokens for')
    .option('--scope <scopes>', 'scopes to ask for', several)
    .option('--step-up-scope <scopes>', 'scopes to ask for later', several)
    .option('--client <id>', 'client to use: <id>, <id>:<secret> or a JSON file; else one is registered')
    .option('--other-client <id>', 'a second one, where there is no registration')
    .option('--redirect-uri <uri>', 'redirect URI of --client and --other-client, where they are no files')
    .option('--login <way>', 'form:<name>: this person signs in; without it no flow is tried')
    .option('--password-env <NAME>', 'the password, from the environment')
    .option('--password-file <file>', 'the same, from a file')
    .option('--exchange-client <file>', 'the MCP server as a client, and for which resource it exchanges tokens')
}

/** @returns the exit code; usage errors and silence of the target are thrown */
async function runAsVerb(issuer: string | undefined, flags: VerbFlags, console: Console): Promise<number> {
  const checks = selectChecks(authorizationServerChecks, { only: flags.only ?? [], skip: flags.skip ?? [] })
  if (flags.list === true) {
    for (const line of listLines(checks, requirementsById)) console.out(line)
    return 0
  }
  if (issuer === undefined) throw new UsageError('which issuer? sallyport-examine as <issuer>')
  const options = await readAsOptions(issuer, flags, console)
  if (flags.plan === true) {
    const steps = await planAuthorizationServer({ ...options, checks, requirements: requirementsById })
    for (const line of planLines(steps, { start: undefined })) console.out(line)
    return 0
  }
  return concludeRun({
    flags,
    failOn: options.failOn,
    console,
    checkIds: new Set(authorizationServerChecks.map(({ id }) => id)),
    run: () => runWithDocuments(options, checks, console),
  })
}

async function runWithDocuments(
  options: AsOptions,
  checks: ExamineAuthorizationServer['checks'],
  console: Console,
): Promise<Report> {
  const documentHost = options.documents === undefined ? undefined : await openDocumentHost(options.documents)
  try {
    return await examineAuthorizationServer({
      ...options,
      documentHost,
      checks,
      requirements: requirementsById,
      userAgent: USER_AGENT,
      onResult: ({ verdict, id }, done, all) => console.err(`[${done}/${all}] ${verdict.padEnd(14)} ${id}`),
    })
  } finally {
    await documentHost?.close()
  }
}
