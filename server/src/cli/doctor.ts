import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { loadSettings } from '../config/load-settings.ts'
import { formatProblem } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { createEgress } from '../egress/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { examine } from './doctor/examine.ts'
import { type Finding, fail, type Verdict } from './doctor/finding.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { printJson } from './print-result.ts'
import { DEVELOPMENT_SECRETS, refuseDevelopmentKeys } from './refuse-development-keys.ts'
import { addSettingsFlags, SERVE_FLAGS } from './settings-flags.ts'
import type { Terminal } from './terminal.ts'
import { withDatabaseOf } from './with-store.ts'

interface DoctorOptions extends SettingsFlags {
  readonly mode: 'dev' | 'serve'
  readonly json?: boolean
}

/** `sallyport doctor`: looks at a running server from outside and at what it stands on. */
export function doctorCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'doctor',
    summary: 'look at a running server from outside, and at what it stands on',
    details:
      'Settings, database, clocks, keys, the issuer as clients see it, the proxy in front and the way out. Changes nothing. Ends with 1 when a check failed and with 2 when the settings are wrong; warnings alone are 0.',
    examples: ['sallyport doctor', 'sallyport doctor --json', 'sallyport doctor --mode dev'],
  })
  return addSettingsFlags(command, SERVE_FLAGS)
    .addOption(new Option('--mode <mode>', 'how the server was started').choices(['serve', 'dev']).default('serve'))
    .option('--json', 'print the findings as JSON')
    .action(async ({ mode, json, ...flags }: DoctorOptions) => {
      const findings = await findingsOf(terminal, mode, flags)
      if (json) printFindingsJson(terminal, findings)
      else printFindings(terminal, findings)
      context.exitCode = exitCodeOf(findings)
    })
}

async function findingsOf(
  terminal: Terminal,
  mode: 'dev' | 'serve',
  flags: SettingsFlags,
): Promise<readonly Finding[]> {
  const loaded = loadSettings({ mode, flags, env: terminal.env, cwd: terminal.cwd })
  if (!loaded.ok) {
    const remedy = 'Correct it; a server that `sallyport dev` started is looked at with --mode dev.'
    return loaded.problems.map((problem) => fail('settings', formatProblem(problem), remedy))
  }
  const settings = mode === 'dev' ? await developmentSettings(loaded.settings) : loaded.settings
  if (mode === 'serve') refuseDevelopmentKeys(settings)
  return withDatabaseOf(terminal, settings, ({ url }) =>
    examine({
      settings,
      settingsWarnings: loaded.warnings.length,
      databaseUrl: url,
      openEgress: (egress) => createEgress({ settings: egress }),
      now: Date.now,
      announce: (what) => terminal.log(`looking at ${what}`),
    }),
  )
}

/** The secrets of a development server, which it made itself; nothing is made here. */
async function developmentSettings(settings: Settings): Promise<Settings> {
  if (!existsSync(join(settings.dataDir, DEVELOPMENT_SECRETS))) {
    const message = `nothing was started in ${settings.dataDir} yet: start it (\`sallyport dev\`), or name its folder`
    throw new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
  }
  const { withDevelopmentSecrets } = await import('../dev/development-secrets.ts')
  return withDevelopmentSecrets(settings)
}

function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const failed = findings.filter(({ verdict }) => verdict === 'fail')
  if (failed.some(({ id }) => id === 'settings')) return EXIT.usage
  return failed.length === 0 ? EXIT.done : EXIT.refused
}

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const
// As wide as the longest name of a check.
const ID_WIDTH = 16
const VERDICT_WIDTH = 5

function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  for (const { id, verdict, detail, remedy } of findings) {
    const word = terminal.paint(COLOURS[verdict], verdict.padEnd(VERDICT_WIDTH))
    terminal.write(`${word} ${id.padEnd(ID_WIDTH)} ${printable(detail)}\n`)
    if (remedy !== undefined) terminal.write(`${' '.repeat(VERDICT_WIDTH + ID_WIDTH + 2)}→ ${printable(remedy)}\n`)
  }
  const { ok, warn, fail } = countVerdicts(findings)
  terminal.write(`${ok} ok, ${warn} warned, ${fail} failed\n`)
}

function printFindingsJson(terminal: Terminal, findings: readonly Finding[]): void {
  const summary = countVerdicts(findings)
  printJson(terminal, { ok: summary.fail === 0, summary, checks: findings })
}

function countVerdicts(findings: readonly Finding[]): Readonly<Record<Verdict, number>> {
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length
  return { ok: count('ok'), warn: count('warn'), fail: count('fail') }
}

/** Whoever answers at the issuer must not write to an operator's terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\ufffd')
}
