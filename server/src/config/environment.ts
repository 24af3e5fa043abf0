import { type Assignment, type ValueKind, valueOfText } from './assignment.ts'
import { nearestName } from './nearest-name.ts'
import type { Problem, SettingsPath } from './problem.ts'

const PREFIX = 'SALLYPORT_'

/** One variable of the environment. */
interface Variable {
  readonly name: string
  /** The setting it fills; absent for variables that are known but fill none. */
  readonly path?: SettingsPath
  readonly kind: ValueKind
  /** Secrets also have a twin with `_FILE` that names a file holding the value. */
  readonly secret: boolean
  readonly describe: string
}

/** The one table of variables. What it does not name does not exist. */
export const ENVIRONMENT: readonly Variable[] = [
  { name: 'SALLYPORT_CONFIG', kind: 'path', secret: false, describe: 'Settings file to read.' },
  variable('SALLYPORT_ISSUER', ['issuer'], 'text', 'Issuer identifier.'),
  variable('SALLYPORT_PORT', ['listen', 'port'], 'whole-number', 'Port of the authorization server.'),
  variable('SALLYPORT_MANAGEMENT_PORT', ['management', 'port'], 'whole-number', 'Port of the health checks.'),
  variable('SALLYPORT_DATA_DIR', ['dataDir'], 'path', 'Folder of the embedded database and generated secrets.'),
  secretVariable('DATABASE_URL', ['databaseUrl'], 'text', 'PostgreSQL connection URL.'),
  variable('SALLYPORT_LOG_LEVEL', ['logLevel'], 'text', 'Least severe level that is logged.'),
  variable('SALLYPORT_TRUSTED_PROXIES', ['trustedProxies'], 'list', 'Networks whose X-Forwarded headers are read.'),
  secretVariable('SALLYPORT_ENCRYPTION_KEYS', ['encryptionKeys'], 'list', 'Keys of data at rest, the first encrypts.'),
  secretVariable(
    'SALLYPORT_INITIAL_ACCESS_TOKEN',
    ['registration', 'initialAccessToken'],
    'text',
    'Bearer token that registrations must bring.',
  ),
  secretVariable('SALLYPORT_COOKIE_KEYS', ['cookieKeys'], 'list', 'Keys of cookies, the first signs.'),
  variable('SALLYPORT_DEMO_PORT', ['demo', 'port'], 'whole-number', 'Port of the demo MCP server.'),
  variable('SALLYPORT_DOWNSTREAM_PORT', ['demo', 'downstreamPort'], 'whole-number', 'Port of the demo downstream API.'),
  secretVariable('SALLYPORT_DEMO_PASSWORD', ['demo', 'password'], 'text', 'Password of the demo users.'),
  { name: 'SALLYPORT_CLIENT_ID', kind: 'text', secret: false, describe: 'Read by a protected resource, not here.' },
  {
    name: 'SALLYPORT_CLIENT_KEY_FILE',
    kind: 'path',
    secret: false,
    describe: 'Read by a protected resource, not here.',
  },
]

/** What the environment says about the settings. */
interface EnvironmentReading {
  readonly configFile: string | undefined
  readonly assignments: readonly Assignment[]
  readonly problems: readonly Problem[]
}

/**
 * Reads the settings out of the environment. A variable that is empty counts as not set, which is what compose files
 * make of `${NAME:-}`.
 * @param env the process environment
 * @param cwd absolute path that relative paths start from
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>, cwd: string): EnvironmentReading {
  const given = ENVIRONMENT.flatMap((entry) => assignmentsOf(entry, env, cwd))
  const configFile = textOf(env, 'SALLYPORT_CONFIG')
  return {
    configFile,
    assignments: given,
    problems: [...twinConflicts(env), ...serviceLinks(env), ...unknownVariables(env)],
  }
}

/** The names of all variables, twins included. */
export function variableNames(): readonly string[] {
  return ENVIRONMENT.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]))
}

/** @returns how to set the value at `path` from the environment, or undefined when no variable does */
export function variableFor(path: SettingsPath): string | undefined {
  return ENVIRONMENT.find((entry) => entry.path?.join('.') === path.join('.'))?.name
}

function variable(name: string, path: SettingsPath, kind: ValueKind, describe: string): Variable {
  return { name, path, kind, secret: false, describe }
}

function secretVariable(name: string, path: SettingsPath, kind: ValueKind, describe: string): Variable {
  return { name, path, kind, secret: true, describe }
}

function textOf(env: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const text = env[name]
  return text === undefined || text === '' ? undefined : text
}

function assignmentsOf(
  entry: Variable,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): readonly Assignment[] {
  const { name, path, kind, secret } = entry
  if (path === undefined) return []
  const text = textOf(env, name)
  if (text !== undefined && isServiceLink(entry, text)) return []
  if (text !== undefined) {
    return [{ path, value: valueOfText(text, kind, cwd), source: { kind: 'environment', variable: name } }]
  }
  const file = secret ? textOf(env, `${name}_FILE`) : undefined
  if (file === undefined) return []
  const source = { kind: 'environment', variable: `${name}_FILE` } as const
  return [{ path: twinPath(path), value: valueOfText(file, 'path', cwd), source }]
}

/** `['demo', 'password']` → `['demo', 'passwordFile']` */
export function twinPath(path: SettingsPath): SettingsPath {
  return [...path.slice(0, -1), `${path.at(-1)}File`]
}

function twinConflicts(env: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  return ENVIRONMENT.filter(
    ({ name, secret }) => secret && textOf(env, name) !== undefined && textOf(env, `${name}_FILE`) !== undefined,
  ).map(({ name, path }) => ({
    code: 'SALLYPORT_E_SETTINGS_CONFLICT',
    source: { kind: 'environment', variable: name },
    path: path ?? [],
    message: `${name} and ${name}_FILE are both set: unset one of them`,
  }))
}

// Kubernetes adds SALLYPORT_PORT=tcp://10.0.0.1:80 and the like to every pod beside a Service that is called sallyport.
const SERVICE_LINK = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP)(?:_\w+)?)$/
const SERVICE_LINK_ADVICE = 'was set by a Kubernetes service link: set enableServiceLinks: false in the pod'

function isServiceLink({ kind }: Variable, text: string): boolean {
  return kind === 'whole-number' && /^(?:tcp|udp):\/\//.test(text)
}

function serviceLinks(env: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  return ENVIRONMENT.filter((entry) => isServiceLink(entry, env[entry.name] ?? '')).map(({ name, path }) => ({
    code: 'SALLYPORT_E_SETTINGS_VALUE',
    source: { kind: 'environment', variable: name },
    path: path ?? [],
    message: SERVICE_LINK_ADVICE,
  }))
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly Problem[] {
  const known = new Set(variableNames())
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.has(name) && env[name] !== '')
    .map((name) => ({
      code: 'SALLYPORT_E_SETTINGS_UNKNOWN_VARIABLE',
      source: { kind: 'environment', variable: name },
      path: [],
      message: adviceFor(name, known),
    }))
}

function adviceFor(name: string, known: Iterable<string>): string {
  if (SERVICE_LINK.test(name)) return SERVICE_LINK_ADVICE
  // Compared without the prefix: with it, every variable resembles every other.
  const byRest = new Map(Array.from(known, (candidate) => [withoutPrefix(candidate), candidate]))
  const nearest = byRest.get(nearestName(withoutPrefix(name), byRest.keys()) ?? '')
  const advice = nearest === undefined ? 'unset it' : `did you mean ${nearest}?`
  return `is not a variable of Sallyport: ${advice}`
}

function withoutPrefix(name: string): string {
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name
}
