import { resolve } from 'node:path'
import type { z } from 'zod'
import { judgeClients } from './client-rules.ts'
import { judgeClientDocuments } from './document-hosts.ts'
import { judgeEgress } from './egress-rules.ts'
import { twinPath, variableFor } from './environment.ts'
import { judgeOwners } from './exchange-rules.ts'
import type { Layers } from './layers.ts'
import { judgeMode, type PresentSettings, type SettingsMode } from './mode-rules.ts'
import { type FileTexts, valueAt } from './named-files.ts'
import { createFindings, type Findings, type Problem, type SettingsPath } from './problem.ts'
import { refusePrivateUseEntry } from './redirect-uri.ts'
import { type Entry, judgeResources } from './resource-rules.ts'
import { type SettingsInput, settingsSchema } from './schema.ts'
import { reportIssues } from './schema-problems.ts'
import { clientSchema, resourceSchema } from './schema-registry.ts'
import type { Secret } from './secret.ts'
import {
  refuseBearerToken,
  refuseCookieKey,
  refuseDatabaseUrl,
  refuseEncryptionKey,
  refusePassword,
} from './secret-rules.ts'
import { readSecret, readSecretList, type SecretLookup } from './secrets.ts'
import type { RegistrationSettings, Settings } from './settings.ts'
import { judgeTrustedProxy } from './trusted-proxies.ts'

/** Everything that settings are judged by. */
interface JudgedInput {
  readonly mode: SettingsMode
  readonly layers: Layers
  readonly files: FileTexts
  /** Absolute folder that paths in the settings file start from. */
  readonly baseDir: string
  /** Absolute folder that the default data folder is in. */
  readonly cwd: string
}

export type JudgedSettings =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] }

/** Judges settings whose files have been read. Pure: the same input gives the same settings or the same problems. */
export function judgeSettings({ mode, layers, files, baseDir, cwd }: JudgedInput): JudgedSettings {
  const { value } = layers
  const findings = createFindings(layers.sourceOf)
  const whole = settingsSchema.safeParse(value)
  if (!whole.success) reportIssues(settingsSchema, whole.error.issues, layers, findings)
  const input = whole.success ? whole.data : usableInput(value)
  judgeMode(mode, input, presentSettings(value), findings)
  const lookup: SecretLookup = { value, files, baseDir, findings }
  const secrets = readSecrets(lookup)
  const trustedProxies = judgeTrustedProxies(input.trustedProxies ?? [], findings)
  const privateUseRedirects = input.privateUseRedirects ?? []
  judgePrivateUse(privateUseRedirects, findings)
  judgeClientDocuments(input.clientDocuments, findings)
  judgeRegistration(input.registration?.mode, isWritten(value, REGISTRATION_TOKEN), findings)
  const egress = judgeEgress(input.egress?.allow ?? [], lookup)
  const resources = judgeResources(usableEntries(resourceSchema, value.resources), { files, baseDir, findings })
  const resourceIds = new Set(resources.map(({ id }) => id))
  const clients = judgeClients(usableEntries(clientSchema, value.clients), { lookup, privateUseRedirects, resourceIds })
  judgeOwners({ resources, clients }, findings)
  const { problems, warnings } = findings
  if (!whole.success || problems.length > 0) return { ok: false, problems, warnings }
  const parts = { ...secrets, trustedProxies, egress, resources, clients }
  const dataDir = resolve(valueAt(value, ['dataDir']) === undefined ? cwd : baseDir, whole.data.dataDir)
  return { ok: true, settings: buildSettings(mode, whole.data, parts, dataDir), warnings }
}

/** The keys that are right by themselves, so that one mistake does not hide what is wrong elsewhere. */
function usableInput(value: Readonly<Record<string, unknown>>): Partial<SettingsInput> {
  const parsed = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
    const result = schema.safeParse(value[key])
    return result.success ? [[key, result.data]] : []
  })
  return Object.fromEntries(parsed) as Partial<SettingsInput>
}

function usableEntries<S extends z.ZodType>(schema: S, list: unknown): readonly Entry<z.output<S>>[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item: unknown, index) => {
    const result = schema.safeParse(item)
    return result.success ? [{ index, entry: result.data }] : []
  })
}

function presentSettings(value: Readonly<Record<string, unknown>>): PresentSettings {
  const isPresent = (path: SettingsPath) => isWritten(value, path)
  return {
    issuer: isPresent(['issuer']),
    databaseUrl: isPresent(['databaseUrl']),
    encryptionKeys: isPresent(['encryptionKeys']),
    cookieKeys: isPresent(['cookieKeys']),
  }
}

/** Whether a setting, or the file of its twin, is there at all. */
function isWritten(value: Readonly<Record<string, unknown>>, path: SettingsPath): boolean {
  return [path, twinPath(path)].some((either) => {
    const written = valueAt(value, either)
    return written !== undefined && !(Array.isArray(written) && written.length === 0)
  })
}

const REGISTRATION_TOKEN: SettingsPath = ['registration', 'initialAccessToken']

function readSecrets(lookup: SecretLookup) {
  return {
    databaseUrl: readSecret(lookup, ['databaseUrl'], refuseDatabaseUrl),
    encryptionKeys: readSecretList(lookup, ['encryptionKeys'], refuseEncryptionKey),
    cookieKeys: readSecretList(lookup, ['cookieKeys'], refuseCookieKey),
    initialAccessToken: readSecret(lookup, REGISTRATION_TOKEN, refuseBearerToken),
    demoPassword: readSecret(lookup, ['demo', 'password'], refusePassword),
  }
}

function judgeTrustedProxies(written: readonly string[], findings: Findings): readonly string[] {
  return written.map((network, index) => {
    const judged = judgeTrustedProxy(network)
    if (judged.ok) return judged.network
    findings.problem('SALLYPORT_E_SETTINGS_VALUE', ['trustedProxies', index], judged.reason)
    return network
  })
}

function judgePrivateUse(entries: readonly string[], findings: Findings): void {
  for (const [index, entry] of entries.entries()) {
    const reason = refusePrivateUseEntry(entry)
    if (reason !== undefined) findings.problem('SALLYPORT_E_SETTINGS_VALUE', ['privateUseRedirects', index], reason)
  }
}

function judgeRegistration(
  mode: SettingsInput['registration']['mode'] | undefined,
  hasToken: boolean,
  findings: Findings,
): void {
  if (mode === 'token' && !hasToken) {
    const message = `is missing: mode token takes nobody without it; set ${variableFor(REGISTRATION_TOKEN)} or mode off`
    findings.problem('SALLYPORT_E_SETTINGS_MISSING', REGISTRATION_TOKEN, message)
  }
  // Whoever sets a token believes that registration is closed.
  if (hasToken && mode !== undefined && mode !== 'token') {
    const message = `is asked for only where registration.mode is token, and it is ${mode}: set mode to token, or remove this`
    findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', REGISTRATION_TOKEN, message)
  }
}

function registrationOf({ mode }: SettingsInput['registration'], token: Secret | undefined): RegistrationSettings {
  if (mode !== 'token') return { mode }
  // Its absence was reported as a problem, so that nobody sees this.
  if (token === undefined) throw new TypeError('registration by token needs a token')
  return { mode, initialAccessToken: token }
}

type SettingsParts = ReturnType<typeof readSecrets> &
  Pick<Settings, 'trustedProxies' | 'egress' | 'resources' | 'clients'>

function buildSettings(mode: SettingsMode, input: SettingsInput, parts: SettingsParts, dataDir: string): Settings {
  const { port, host } = input.listen
  const settingsMode = mode === 'serve' ? 'serve' : 'dev'
  return deepFreeze({
    mode: settingsMode,
    issuer: input.issuer ?? `http://127.0.0.1:${port}`,
    listen: { host: host ?? (settingsMode === 'serve' ? '0.0.0.0' : '127.0.0.1'), port },
    management: input.management,
    dataDir,
    databaseUrl: parts.databaseUrl,
    databasePoolSize: input.databasePoolSize,
    logLevel: input.logLevel,
    trustedProxies: parts.trustedProxies,
    encryptionKeys: parts.encryptionKeys,
    cookieKeys: parts.cookieKeys,
    signingAlgorithm: input.signingAlgorithm,
    lifetimes: input.lifetimes,
    registration: registrationOf(input.registration, parts.initialAccessToken),
    clientDocuments: input.clientDocuments,
    dpop: input.dpop,
    pushedRequests: input.pushedRequests,
    privateUseRedirects: input.privateUseRedirects,
    egress: parts.egress,
    resources: parts.resources,
    clients: parts.clients,
    demo: { port: input.demo.port, downstreamPort: input.demo.downstreamPort, password: parts.demoPassword },
  })
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
