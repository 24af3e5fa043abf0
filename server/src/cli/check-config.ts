import { type Command, Option } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { JudgedSettings } from '../config/judge-settings.ts'
import { loadSettings } from '../config/load-settings.ts'
import { formatPath, formatProblem, type Problem } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { type CommandContext, createCommand } from './command.ts'
import { EXIT } from './exit-code.ts'
import { printJson } from './print-result.ts'
import { addSettingsFlags, SERVE_FLAGS } from './settings-flags.ts'
import type { Terminal } from './terminal.ts'

interface CheckConfigOptions extends SettingsFlags {
  readonly mode: 'dev' | 'serve'
  readonly json?: boolean
}

/** `sallyport check-config`: judges settings without starting anything. */
export function checkConfigCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'check-config',
    summary: 'judge the settings: file, environment and flags',
    details: 'Reads what `serve` would read, tools files included, and starts nothing. All problems are shown at once.',
    examples: ['sallyport check-config', 'sallyport check-config --config /etc/sallyport.yaml --json'],
  })
  return addSettingsFlags(command, SERVE_FLAGS)
    .addOption(new Option('--mode <mode>', 'what the settings are for').choices(['serve', 'dev']).default('serve'))
    .option('--json', 'print the verdict as JSON')
    .action(({ mode, json, ...flags }: CheckConfigOptions) => {
      const loaded = loadSettings({ mode, flags, env: terminal.env, cwd: terminal.cwd })
      if (json) printVerdictJson(terminal, loaded)
      else printVerdict(terminal, loaded)
      if (!loaded.ok) context.exitCode = EXIT.usage
    })
}

function printVerdict(terminal: Terminal, loaded: JudgedSettings): void {
  for (const warning of loaded.warnings) terminal.alert('warning', formatProblem(warning))
  if (loaded.ok) {
    terminal.write(`${summaryOf(loaded.settings, loaded.warnings.length)}\n`)
    return
  }
  for (const problem of loaded.problems) terminal.alert('error', formatProblem(problem))
  terminal.log(counted(loaded.problems.length, 'problem'))
}

function printVerdictJson(terminal: Terminal, loaded: JudgedSettings): void {
  const problems = loaded.ok ? [] : loaded.problems.map(problemWire)
  const warnings = loaded.warnings.map(problemWire)
  const settings = loaded.ok ? { mode: loaded.settings.mode, issuer: loaded.settings.issuer } : {}
  printJson(terminal, { ok: loaded.ok, ...settings, problems, warnings })
}

function problemWire({ code, source, path, message }: Problem): object {
  return { code, path: formatPath(path), message, source }
}

function summaryOf({ mode, issuer, resources, clients }: Settings, warnings: number): string {
  const counts = [
    counted(resources.length, 'resource'),
    counted(clients.length, 'client'),
    counted(warnings, 'warning'),
  ]
  return `settings are good for ${mode}: issuer ${issuer}, ${counts.join(', ')}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
