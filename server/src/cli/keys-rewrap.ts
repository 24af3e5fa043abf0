import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { Settings } from '../config/settings.ts'
import { rewrap } from '../keys/rewrap.ts'
import type { Store } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { sealerOfCommand } from './encryption-keys.ts'
import { EXIT } from './exit-code.ts'
import { printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import type { Terminal } from './terminal.ts'
import { withStore } from './with-store.ts'

interface KeysRewrapOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport keys rewrap`: everything at rest under the first encryption key, so that an older one can go. */
export function keysRewrapCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'rewrap',
    summary: 'seal everything at rest anew with the first encryption key',
    details:
      'Run it when every process has the new key as its first. It may be interrupted and run again: each row is whole by itself. What lies in browsers, and what is derived from keys, is not at rest: the result says for how long the older keys are still needed.',
    examples: ['sallyport keys rewrap', 'sallyport keys rewrap --json'],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print the result as JSON')
    .action(async ({ json, ...flags }: KeysRewrapOptions) => {
      const result = await withStore(terminal, flags, (store, settings) => rewrapStore(store, settings, terminal))
      const { rewrapped, current, closed, olderKeysNeededSeconds: seconds } = result
      if (json) printJson(terminal, result)
      else {
        terminal.write(`${rewrapped} sealed anew, ${current} lay under the first key already\n`)
        terminal.write(`older keys may leave the setting in ${Math.ceil(seconds / 60)} minutes\n`)
      }
      if (closed.length > 0) throw leftClosed(closed)
    })
}

async function rewrapStore(store: Store, settings: Settings, terminal: Terminal) {
  let told = 0
  const result = await rewrap(store.sealedTables, await sealerOfCommand(settings), (rewrapped) => {
    if (rewrapped === told) return
    told = rewrapped
    terminal.log(`${rewrapped} sealed anew`)
  })
  // A person may be on the way with a sealed cookie, and then redeem the code; a client may ask for its successor again.
  const { interactionSeconds, codeSeconds, refreshGraceSeconds } = settings.lifetimes
  return { ...result, olderKeysNeededSeconds: interactionSeconds + codeSeconds + refreshGraceSeconds }
}

function leftClosed(closed: readonly string[]): CommandError {
  const message = `${closed.length} sealed values do not open with the configured keys and were left as they are, ${closed[0]} among them: add the key they were sealed with to SALLYPORT_ENCRYPTION_KEYS`
  return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
}
