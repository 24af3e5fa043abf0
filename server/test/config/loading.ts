import { resolve } from 'node:path'
import { loadSettings, type SettingsRequest } from '../../src/config/load-settings.ts'
import { formatProblem } from '../../src/config/problem.ts'
import type { Settings } from '../../src/config/settings.ts'

export const CWD = '/srv/app'

/** Files of a made-up disk, by path relative to the working directory. */
export type Disk = Readonly<Record<string, string>>

/** Loads settings from a made-up disk instead of the real one. */
export function load(disk: Disk, request: Partial<SettingsRequest> = {}) {
  const files = new Map(Object.entries(disk).map(([path, text]) => [resolve(CWD, path), text]))
  const readFile = (path: string) => {
    const text = files.get(path)
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return text
  }
  return loadSettings({ mode: 'dev', env: {}, cwd: CWD, readFile, ...request })
}

export function settingsOf(disk: Disk, request: Partial<SettingsRequest> = {}): Settings {
  const loaded = load(disk, request)
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'))
  return loaded.settings
}

/** Every problem as the line that a person reads. */
export function problemsOf(disk: Disk, request: Partial<SettingsRequest> = {}): readonly string[] {
  const loaded = load(disk, request)
  return loaded.ok ? [] : loaded.problems.map(formatProblem)
}

/** Good keys, different on every call. */
export function randomKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
}

/** The least that `serve` accepts. */
export function serveEnvironment(): Record<string, string> {
  return {
    SALLYPORT_ISSUER: 'https://auth.example.com',
    DATABASE_URL: 'postgres://sallyport@db.example.com/sallyport',
    SALLYPORT_ENCRYPTION_KEYS: randomKey(),
    SALLYPORT_COOKIE_KEYS: randomKey(),
  }
}
