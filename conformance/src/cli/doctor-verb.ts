import type { Command } from 'commander'
import { type Diagnosis, diagnose } from '../doctor/diagnose.ts'
import { lastLine, renderDiagnosis, stepLines } from '../doctor/rendering.ts'
import type { Walk } from '../doctor/walk/walk.ts'
import { BROWSER_ORIGIN } from '../server/discovery/metadata-access.ts'
import { DEFAULT_BUDGET, DEFAULT_RATE } from '../wire/pace.ts'
import type { Console } from './console.ts'
import { EXIT } from './exit-code.ts'
import { refuseUnwritable } from './outputs.ts'
import { addRootsFlag, loadRoots } from './private-roots.ts'
import { type RunFlags, readRunOptions } from './run-flags.ts'
import { readToken, readUrl, type TokenFlags } from './server-options.ts'
import { UsageError } from './usage-error.ts'
import { USER_AGENT } from './version.ts'

interface DoctorFlags extends TokenFlags, Pick<RunFlags, 'rate' | 'budget' | 'timeout'> {
  /** The origin that was named, or that of the flag alone. */
  readonly browser?: string | true
  readonly ca?: string
  readonly json?: string
}

/** Adds `doctor` to the program: why a client does not get through, in words. */
export function addDoctorVerb(program: Command, console: Console, finish: (exitCode: number) => void): void {
  const verb = program
    .command('doctor')
    .description('walk the flow as a client would, and name what stops it')
    .argument('[mcp-url]', 'URL of the MCP endpoint, as users type it')
    .option('--token <token>', 'an access token that a client got, to see what becomes of it')
    .option('--token-env <NAME>', 'the same, from the environment')
    .option('--browser [origin]', `the client that fails is a page in a browser (${BROWSER_ORIGIN})`)
    .option('--rate <per-second>', `requests per second at most (${DEFAULT_RATE})`)
    .option('--budget <requests>', `requests in all at most (${DEFAULT_BUDGET})`)
    .option('--timeout <seconds>', 'how long an answer may take (10)')
    .option('--json <file>', 'write the diagnosis as JSON')
  addRootsFlag(verb)
  verb.action(async (url: string | undefined, flags: DoctorFlags) => finish(await runDoctorVerb(url, flags, console)))
}

/** @returns the exit code @throws UsageError */
async function runDoctorVerb(url: string | undefined, flags: DoctorFlags, console: Console): Promise<number> {
  if (url === undefined) throw new UsageError('which server? sallyport-examine doctor <mcp-url>')
  readUrl(url)
  const { limits } = readRunOptions(flags)
  await refuseUnwritable(flags, console)
  const diagnosis = await diagnose({
    url,
    browser: readBrowser(flags),
    obtainToken: tokenSource(flags, console),
    limits,
    userAgent: USER_AGENT,
    ca: await loadRoots(flags.ca, console),
    onStep: (step) => {
      for (const line of stepLines(step, console.stream)) console.out(line)
    },
  })
  if (flags.json !== undefined) await console.writeFile(flags.json, renderDiagnosis(diagnosis))
  for (const line of goOn(diagnosis)) console.out(line)
  console.out(lastLine(diagnosis))
  return exitCodeOf(diagnosis)
}

/** Where the token of the walk comes from: at present from the operator alone, who is told of mistakes before anything is sent. */
function tokenSource(flags: DoctorFlags, { environment }: Console): Walk['obtainToken'] {
  const token = readToken(flags, environment)
  return async () => token
}

function readBrowser({ browser }: DoctorFlags): Walk['browser'] {
  if (browser === undefined || browser === true) return { origin: BROWSER_ORIGIN, counts: browser === true }
  if (URL.canParse(browser) && new URL(browser).origin === browser) return { origin: browser, counts: true }
  throw new UsageError(`--browser ${browser}: an origin, such as ${BROWSER_ORIGIN}`)
}

function goOn({ walked, cause }: Diagnosis): readonly string[] {
  if (walked !== 'without token' || cause !== undefined) return ['']
  return [
    '',
    'The sign-in itself and what follows were not walked. Sign in with a client (the MCP Inspector shows the access token',
    'that it got), put the token into a variable of the environment, and go on by --token-env NAME.',
    '',
  ]
}

function exitCodeOf({ walked, cause }: Diagnosis): number {
  if (walked === 'unreachable') return EXIT.unreachable
  return cause === undefined ? EXIT.passed : EXIT.failed
}
