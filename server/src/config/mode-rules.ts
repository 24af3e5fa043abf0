import { variableFor } from './environment.ts'
import { judgeIssuer } from './issuer.ts'
import type { Findings, SettingsPath } from './problem.ts'
import type { SettingsInput } from './schema.ts'

/** `dev` and `serve` run the server; `administer` is a command that only needs the database. */
export type SettingsMode = 'dev' | 'serve' | 'administer'

/** What must be set for `serve`, and whether it was written at all, well or not. */
export interface PresentSettings {
  readonly issuer: boolean
  readonly databaseUrl: boolean
  readonly encryptionKeys: boolean
  readonly cookieKeys: boolean
}

const LOOPBACK = '127.0.0.1'

/**
 * Judges what only holds in one mode, and what settings are to each other.
 * @param input the settings whose own type and bounds are right; keys with problems are absent
 * @param present so that what was written badly is not called missing as well
 */
export function judgeMode(
  mode: SettingsMode,
  input: Partial<SettingsInput>,
  present: PresentSettings,
  findings: Findings,
): void {
  if (input.issuer !== undefined) judgeIssuerSetting(mode, input.issuer, findings)
  judgeLifetimes(input.lifetimes, findings)
  if (mode === 'administer') return
  if (mode === 'serve') requireForServe(present, findings)
  if (mode === 'dev') requireLoopback(input, findings)
  judgePorts(mode, input, findings)
}

function judgeIssuerSetting(mode: SettingsMode, issuer: string, findings: Findings): void {
  const judged = judgeIssuer(issuer, { allowLoopbackHttp: mode !== 'serve' })
  if (!judged.ok) findings.problem('SALLYPORT_E_SETTINGS_VALUE', ['issuer'], judged.reason)
}

function requireForServe(present: PresentSettings, findings: Findings): void {
  const missing = (path: SettingsPath, why: string) => {
    const variable = variableFor(path) ?? ''
    const message = `is missing: ${why}; set ${variable} or ${path.join('.')} in the settings file`
    findings.problem('SALLYPORT_E_SETTINGS_MISSING', path, message)
  }
  if (!present.issuer) missing(['issuer'], 'clients must know the server by one https URL')
  if (!present.databaseUrl) missing(['databaseUrl'], 'serve has no embedded database')
  if (!present.encryptionKeys) missing(['encryptionKeys'], 'signing keys are encrypted at rest')
  if (!present.cookieKeys) missing(['cookieKeys'], 'cookies of people who sign in are protected by them')
}

// Development has open registration, demo users and generated secrets: none of it may be reached from another machine.
function requireLoopback(input: Partial<SettingsInput>, findings: Findings): void {
  for (const section of ['listen', 'management'] as const) {
    const host = input[section]?.host
    if (host === undefined || host === LOOPBACK) continue
    const message = `must be ${LOOPBACK} in dev, which is open to whoever reaches it: remove it, or use \`sallyport serve\``
    findings.problem('SALLYPORT_E_SETTINGS_VALUE', [section, 'host'], message)
  }
}

function judgePorts(mode: 'dev' | 'serve', input: Partial<SettingsInput>, findings: Findings): void {
  const { listen, management, demo } = input
  const demoPorts = [
    { path: ['demo', 'port'], port: demo?.port },
    { path: ['demo', 'downstreamPort'], port: demo?.downstreamPort },
  ]
  const ports = [
    { path: ['listen', 'port'], port: listen?.port },
    { path: ['management', 'port'], port: management?.port },
    ...(mode === 'dev' ? demoPorts : []),
  ]
  for (const [index, { path, port }] of ports.entries()) {
    const first = ports.slice(0, index).find((earlier) => earlier.port === port && port !== undefined)
    if (first === undefined) continue
    const message = `is ${port}, which is ${first.path.join('.')} too: give each its own port`
    findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', path, message)
  }
  if (mode === 'dev' && input.issuer !== undefined && listen !== undefined)
    warnIssuerPort(input.issuer, listen.port, findings)
}

function warnIssuerPort(issuer: string, port: number, findings: Findings): void {
  if (!issuer.startsWith('http://') || !URL.canParse(issuer) || new URL(issuer).port === String(port)) return
  const message = `does not lead to this server, which listens on port ${port}`
  findings.warning('SALLYPORT_W_SETTINGS_UNREACHABLE', ['issuer'], message)
}

function judgeLifetimes(lifetimes: SettingsInput['lifetimes'] | undefined, findings: Findings): void {
  if (lifetimes === undefined) return
  if (lifetimes.accessTokenElevatedSeconds > lifetimes.accessTokenSeconds) {
    const message = `must not be longer than accessTokenSeconds (${lifetimes.accessTokenSeconds}): more power, less time`
    findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', ['lifetimes', 'accessTokenElevatedSeconds'], message)
  }
  if (lifetimes.refreshIdleSeconds > lifetimes.refreshAbsoluteSeconds) {
    const message = `must not be longer than refreshAbsoluteSeconds (${lifetimes.refreshAbsoluteSeconds})`
    findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', ['lifetimes', 'refreshIdleSeconds'], message)
  }
}
