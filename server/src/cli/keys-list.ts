import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { Settings } from '../config/settings.ts'
import { countSealed, type SealedCounts } from '../keys/rewrap.ts'
import { keyIdOfSealed } from '../keys/sealing.ts'
import { chooseSigningKey, opensWith } from '../keys/signing-keys.ts'
import type { Store } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { sealerOfCommand } from './encryption-keys.ts'
import { printJson, printTable } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface KeysListOptions extends SettingsFlags {
  readonly json?: boolean
}

/** `sallyport keys list`: which keys sign, and under which encryption key everything lies. */
export function keysListCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'list',
    summary: 'list signing keys, and what lies under which encryption key',
    details:
      'Encryption keys are named by an id that tells nothing about them. The first of the setting seals; one that nothing lies under any more may leave the setting.',
    examples: [
      'sallyport keys list',
      "sallyport keys list --json | jq -r '.encryptionKeys[] | select(.sealed == 0).id'",
    ],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option('--json', 'print JSON, as is done when stdout is not a terminal')
    .action(async ({ json, ...flags }: KeysListOptions) => {
      const keys = await withStore(terminal, flags, describeKeys)
      if (json ?? !terminal.stdoutIsTerminal) return printJson(terminal, keys)
      printTable(
        terminal,
        ['signing key', 'algorithm', 'state', 'signs from', 'ends', 'encryption key'],
        keys.signingKeys.map((key) => {
          const under = key.opens ? key.encryptionKey : `${key.encryptionKey} (does not open)`
          return [key.kid, key.algorithm, key.state, shortTime(key.signsFrom), shortTime(key.endsAt), under]
        }),
      )
      terminal.write('\n')
      printTable(
        terminal,
        ['encryption key', 'in the setting', 'signing keys', 'interactions'],
        keys.encryptionKeys.map((key) => {
          const place = key.position === null ? 'no' : key.position === 1 ? 'first: seals' : 'opens'
          return [key.id, place, String(key.signingKeys), String(key.interactions)]
        }),
      )
    })
}

async function describeKeys(store: Store, settings: Settings) {
  const sealer = await sealerOfCommand(settings)
  const stored = await store.signingKeys.list()
  const signsNow = chooseSigningKey(stored, settings.signingAlgorithm)
  const signingKeys = stored.map((key) => ({
    kid: key.kid,
    generation: key.generation,
    algorithm: key.algorithm,
    state: key === signsNow ? 'signs' : key.due ? 'published' : 'to come',
    createdAt: key.createdAt.toISOString(),
    signsFrom: key.signsFrom.toISOString(),
    endsAt: key.endsAt?.toISOString() ?? null,
    encryptionKey: keyIdOfSealed(key.sealed) ?? 'unknown',
    opens: opensWith(sealer, key),
  }))
  return { signingKeys, encryptionKeys: encryptionKeys(sealer.keyIds, await countSealed(store.sealedTables)) }
}

function encryptionKeys(configured: readonly string[], counts: SealedCounts) {
  const ids = [...configured, ...[...counts.keys()].filter((id) => !configured.includes(id))]
  return ids.map((id, index) => {
    const of = (table: string): number => counts.get(id)?.get(table) ?? 0
    const [signingKeys, interactions] = [of('signing_keys'), of('interactions')]
    const position = index < configured.length ? index + 1 : null
    return { id, position, signingKeys, interactions, sealed: signingKeys + interactions }
  })
}

function shortTime(time: string | null): string {
  return time === null ? '' : `${time.slice(0, 16).replace('T', ' ')}Z`
}
