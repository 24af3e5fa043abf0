import type { Command } from 'commander'
import type { SettingsFlags } from '../config/flags.ts'
import type { Settings } from '../config/settings.ts'
import { KEYS_AGE_MS } from '../keys/key-ring.ts'
import { type Rotation, type RotationPace, rotateSigningKeys } from '../keys/rotation.ts'
import { PUBLISHED_BEFORE_SECONDS } from '../keys/signing-keys.ts'
import type { Store } from '../store/index.ts'
import { type CommandContext, createCommand } from './command.ts'
import { CommandError } from './command-error.ts'
import { sealerOfCommand } from './encryption-keys.ts'
import { EXIT } from './exit-code.ts'
import { printJson } from './print-result.ts'
import { addSettingsFlags, DATABASE_FLAGS } from './settings-flags.ts'
import { withStore } from './with-store.ts'

interface KeysRotateOptions extends SettingsFlags {
  readonly json?: boolean
  readonly signAfter?: string
  readonly compromised?: boolean
}

/** A key that waits longer is forgotten by whoever made it. */
const LONGEST_WAIT_SECONDS = 86_400

/** `sallyport keys rotate`: a new signing key, on every process, without a restart. */
export function keysRotateCommand(context: CommandContext): Command {
  const { terminal } = context
  const command = createCommand(context, {
    name: 'rotate',
    summary: 'make a new signing key and let the older ones run out',
    details: `Every process publishes the new key within ${KEYS_AGE_MS / 1000} seconds and signs with it after ${PUBLISHED_BEFORE_SECONDS}, when whoever keeps the published keys has asked again. The older keys stay published until everything they signed has expired, and are then removed. No restart, no failed request. With --compromised the new key signs at once and all others end: access tokens that are out are refused, clients refresh.`,
    examples: [
      'sallyport keys rotate',
      'sallyport keys rotate --sign-after 3600',
      'sallyport keys rotate --compromised',
    ],
  })
  return addSettingsFlags(command, DATABASE_FLAGS)
    .option(
      '--sign-after <seconds>',
      `publish the key for so long before it signs (default: ${PUBLISHED_BEFORE_SECONDS})`,
    )
    .option('--compromised', 'sign with the new key at once and end every other key')
    .option('--json', 'print the result as JSON')
    .action(async ({ json, signAfter, compromised, ...flags }: KeysRotateOptions) => {
      const pace = paceOf(signAfter, compromised)
      const made = await withStore(terminal, flags, (store, settings) => rotate(store, settings, pace))
      if (json) return printJson(terminal, made)
      terminal.write(`${made.kid} signs from ${made.signsFrom}\n`)
      for (const { kid, endsAt } of made.ending) terminal.write(`${kid} is published until ${endsAt}\n`)
    })
}

function paceOf(signAfter: string | undefined, compromised: boolean | undefined): RotationPace {
  if (signAfter === undefined) return compromised ? 'compromised' : { signsAfterSeconds: PUBLISHED_BEFORE_SECONDS }
  if (compromised) throw usage('--sign-after and --compromised exclude each other: leave one out')
  const seconds = /^\d{1,6}$/.test(signAfter) ? Number(signAfter) : Number.NaN
  if (!(seconds <= LONGEST_WAIT_SECONDS)) {
    throw usage(`flag --sign-after: must be a whole number of seconds from 0 to ${LONGEST_WAIT_SECONDS}`)
  }
  return { signsAfterSeconds: seconds }
}

async function rotate(store: Store, settings: Settings, pace: RotationPace) {
  const sealer = await sealerOfCommand(settings)
  const rotation = await rotateSigningKeys({
    table: store.signingKeys,
    sealer,
    algorithm: settings.signingAlgorithm,
    pace,
  })
  if (!rotation.ok) throw explainRefusal(rotation)
  const stored = await store.signingKeys.list()
  const signsFrom = stored.find(({ kid }) => kid === rotation.kid)?.signsFrom.toISOString() ?? null
  const ending = stored
    .filter(({ kid }) => kid !== rotation.kid)
    .map(({ kid, endsAt }) => ({ kid, endsAt: endsAt?.toISOString() ?? null }))
  return { kid: rotation.kid, generation: rotation.generation, signsFrom, ending }
}

function explainRefusal(rotation: Extract<Rotation, { ok: false }>): CommandError {
  const refused = (message: string) => new CommandError(EXIT.refused, 'SALLYPORT_E_REFUSED', message)
  switch (rotation.reason) {
    case 'under-way':
      return refused(
        `a rotation is under way: ${rotation.kid} signs from ${rotation.signsFrom.toISOString()}; nothing was changed`,
      )
    case 'lost-race':
      return refused('somebody else rotated at the same moment: see `sallyport keys list`; nothing was changed here')
    case 'sealed':
      return refused(
        `signing key ${rotation.kid} does not open: give this command the encryption keys that the servers have`,
      )
  }
}

function usage(message: string): CommandError {
  return new CommandError(EXIT.usage, 'SALLYPORT_E_USAGE', message)
}
