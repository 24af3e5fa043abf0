import { type Command, Option } from 'commander'
import { FLAGS, type SettingsFlags } from '../config/flags.ts'

type FlagKey = Exclude<keyof SettingsFlags, 'config'>

/** Flags of commands that only need the database. */
export const DATABASE_FLAGS: readonly FlagKey[] = ['dataDir']
/** Flags of `serve`; `dev` adds those of the demo. */
export const SERVE_FLAGS: readonly FlagKey[] = [
  'issuer',
  'host',
  'port',
  'managementHost',
  'managementPort',
  'dataDir',
  'logLevel',
]
export const DEV_FLAGS: readonly FlagKey[] = [
  ...SERVE_FLAGS.filter((key) => !key.endsWith('ost')),
  'demoPort',
  'downstreamPort',
]

/** Adds `--config` and the flags that fill `keys`. Their texts reach `loadSettings` untouched. */
export function addSettingsFlags(command: Command, keys: readonly FlagKey[]): Command {
  command.addOption(new Option('--config <file>', 'settings file (default: sallyport.yaml, if there is one)'))
  for (const { flag, key, placeholder, describe } of FLAGS) {
    if (keys.includes(key)) command.addOption(new Option(`${flag} <${placeholder}>`, describe))
  }
  return command
}
