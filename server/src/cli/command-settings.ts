import type { SettingsFlags } from '../config/flags.ts'
import { loadSettings } from '../config/load-settings.ts'
import type { SettingsMode } from '../config/mode-rules.ts'
import { formatProblem } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/**
 * Loads the settings of a command and prints every problem.
 * @throws CommandError with exit code 2 when there is a problem
 */
export function settingsOfCommand(terminal: Terminal, mode: SettingsMode, flags: SettingsFlags): Settings {
  const { env, cwd } = terminal
  const loaded = loadSettings({ mode, flags, env, cwd })
  // Warnings are about the server: someone who adds a user cannot act on them.
  if (mode !== 'administer') for (const warning of loaded.warnings) terminal.alert('warning', formatProblem(warning))
  if (loaded.ok) return loaded.settings
  for (const problem of loaded.problems) terminal.alert('error', formatProblem(problem))
  throw new CommandError(EXIT.usage, 'SALLYPORT_E_SETTINGS', '')
}
