import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import { type CleanUp, cleanUp, countRemovable, type RowCounts } from '../store/housekeeping.ts'
import { holderName } from '../store/housekeeping-loop.ts'
import type { Store } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { EXIT } from './exit-code.ts'
import { printFields, printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import type { Terminal } from './terminal.ts'
import { withStore } from './with-store.ts'

interface CleanupOptions extends SettingsFlags {
  readonly json?: boolean
  readonly dryRun?: boolean
}

/** Longer than one that died holds the others up. */
const PATIENCE_MS = 60_000
const POLL_MS = 500

/** `sallyport cleanup`: removes what has ended, as running servers do by themselves. */
export function cleanupCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'cleanup',
    summary: 'remove what has ended and nobody needs any more',
    details:
      'Running servers do this every minute, one at a time. It removes ended sessions, interactions, replay records, grants with their codes and refresh tokens, client documents and registrations that nobody used, and signing keys that have ended; never anything that is live, and never audit events.',
    examples: ['sallyport cleanup --dry-run', 'sallyport cleanup --json'],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--dry-run', 'only count what would be removed')
    .option('--json', 'print the result as JSON')
    .action(async ({ json, dryRun = false, ...flags }: CleanupOptions) => {
      const rows = await withStore(terminal, flags, (store) =>
        dryRun ? countRemovable(store.database) : removeAll(store, terminal),
      )
      if (json) printJson(terminal, { dryRun, rows })
      else
        printFields(terminal, Object.fromEntries(Object.entries(rows).map(([table, count]) => [table, String(count)])))
    })
}

async function removeAll(store: Store, terminal: Terminal): Promise<RowCounts> {
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort()
  process.once('SIGINT', onSignal)
  try {
    const done = await whenItIsOurTurn(store, terminal, interrupt.signal)
    if (done.ok) return done.removed
    throw explainEnd(done)
  } finally {
    process.off('SIGINT', onSignal)
  }
}

async function whenItIsOurTurn(store: Store, terminal: Terminal, signal: AbortSignal): Promise<CleanUp> {
  const totals = new Map<string, number>()
  const progress = (table: string, removed: number): void => {
    const total = (totals.get(table) ?? 0) + removed
    totals.set(table, total)
    terminal.log(`${table}: ${total} removed`)
  }
  const startedAt = performance.now()
  for (let told = false; ; told = true) {
    const done = await cleanUp(store.database, { holder: holderName(), notWithinSeconds: 0, progress, signal })
    const waits = !done.ok && done.reason === 'not-now' && !signal.aborted
    if (!waits || performance.now() - startedAt > PATIENCE_MS) return done
    if (!told) terminal.log('another process is cleaning up: waiting for it')
    await delay(POLL_MS)
  }
}

function explainEnd(done: Extract<CleanUp, { ok: false }>): CommandError {
  switch (done.reason) {
    case 'not-now':
      return new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', 'another process is cleaning up: nothing to do here')
    case 'taken-over':
      return new CommandError(
        EXIT.refused,
        'SALLYPORT_E_REFUSED',
        'this was held up and another process took over: nothing is lost, that one goes on',
      )
    case 'stopped':
      return new CommandError(EXIT.interrupted, 'SALLYPORT_E_INTERRUPTED', 'stopped; what was removed is removed')
  }
}
