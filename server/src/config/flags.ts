import { type Assignment, type ValueKind, valueOfText } from './assignment.ts'
import type { SettingsPath } from './problem.ts'

/** Settings that a command may put over file and environment. Secrets are not among them: arguments are public. */
export interface SettingsFlags {
  readonly config?: string
  readonly issuer?: string
  readonly host?: string
  readonly port?: string
  readonly managementHost?: string
  readonly managementPort?: string
  readonly dataDir?: string
  readonly logLevel?: string
  readonly demoPort?: string
  readonly downstreamPort?: string
}

/** One flag that fills a setting. */
interface Flag {
  readonly flag: string
  readonly key: Exclude<keyof SettingsFlags, 'config'>
  readonly path: SettingsPath
  readonly kind: ValueKind
  readonly placeholder: string
  readonly describe: string
}

/** The one table of flags that fill settings. */
export const FLAGS: readonly Flag[] = [
  flag('--issuer', 'issuer', ['issuer'], 'text', 'url', 'issuer identifier'),
  flag('--host', 'host', ['listen', 'host'], 'text', 'address', 'address to listen on'),
  flag('--port', 'port', ['listen', 'port'], 'whole-number', 'number', 'port to listen on'),
  flag(
    '--management-host',
    'managementHost',
    ['management', 'host'],
    'text',
    'address',
    'address of the health checks',
  ),
  flag(
    '--management-port',
    'managementPort',
    ['management', 'port'],
    'whole-number',
    'number',
    'port of the health checks',
  ),
  flag('--data-dir', 'dataDir', ['dataDir'], 'path', 'folder', 'folder of the embedded database'),
  flag('--log-level', 'logLevel', ['logLevel'], 'text', 'level', 'least severe level that is logged'),
  flag('--demo-port', 'demoPort', ['demo', 'port'], 'whole-number', 'number', 'port of the demo MCP server'),
  flag(
    '--downstream-port',
    'downstreamPort',
    ['demo', 'downstreamPort'],
    'whole-number',
    'number',
    'port of the demo API',
  ),
]

/** @param cwd absolute path that relative paths start from */
export function readFlags(flags: SettingsFlags, cwd: string): readonly Assignment[] {
  return FLAGS.flatMap(({ flag, key, path, kind }) => {
    const text = flags[key]
    if (text === undefined) return []
    return [{ path, value: valueOfText(text, kind, cwd), source: { kind: 'flag', flag } }]
  })
}

function flag(
  name: string,
  key: Flag['key'],
  path: SettingsPath,
  kind: ValueKind,
  placeholder: string,
  describe: string,
): Flag {
  return { flag: name, key, path, kind, placeholder, describe }
}
