import { resolve } from 'node:path'
import { isRecord } from './document.ts'
import { ENVIRONMENT, twinPath } from './environment.ts'
import type { SettingsPath } from './problem.ts'

/** What came of reading a file that the settings name. */
export type FileText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string }

/** Files by absolute path. */
export type FileTexts = ReadonlyMap<string, FileText>

/** Reads a file as text; throws what `node:fs` throws. */
export type ReadFile = (path: string) => string

/** Settings, tools files and secrets are small; anything larger is a wrong path. */
const MAX_FILE_CHARACTERS = 1_000_000

/** Settings outside `clients` that have a `…File` twin. */
export const SECRET_PATHS: readonly SettingsPath[] = [
  ...ENVIRONMENT.flatMap(({ path, secret }) => (secret && path !== undefined ? [path] : [])),
  ['egress', 'proxy'],
]

/**
 * Finds every file that settings name, in whatever state they are: wrong types are skipped, the schema reports them.
 * @param value the layered settings
 * @param baseDir absolute folder that relative paths start from
 * @returns absolute paths
 */
export function filesNamedBy(value: Readonly<Record<string, unknown>>, baseDir: string): readonly string[] {
  const written = [
    ...SECRET_PATHS.map((path) => valueAt(value, twinPath(path))),
    ...recordsOf(value.clients).flatMap((client) => [client.secretFile, client.jwks]),
    valueAt(value, ['egress', 'ca']),
    ...recordsOf(value.resources).map((resource) => resource.tools),
  ]
  const paths = written
    .filter((path) => typeof path === 'string' && path !== '')
    .map((path) => resolve(baseDir, String(path)))
  return [...new Set(paths)]
}

/** Reads files; a file that cannot be read is a value, and its reason never holds content. */
export function readNamedFiles(paths: readonly string[], readFile: ReadFile): FileTexts {
  return new Map(paths.map((path) => [path, readNamedFile(path, readFile)]))
}

export function readNamedFile(path: string, readFile: ReadFile): FileText {
  try {
    const text = readFile(path)
    if (text.length > MAX_FILE_CHARACTERS) return { ok: false, reason: 'is too large to be what the settings expect' }
    return { ok: true, text }
  } catch (error) {
    return { ok: false, reason: readFailure(error) }
  }
}

/** @returns the value at `path`, or undefined where the settings have another shape */
export function valueAt(value: unknown, path: SettingsPath): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = Reflect.get(current, key)
  }
  return current
}

function recordsOf(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  switch (code) {
    case 'ENOENT':
      return 'does not exist'
    case 'EACCES':
    case 'EPERM':
      return 'cannot be read by the user this process runs as'
    case 'EISDIR':
      return 'is a folder'
    default:
      return `cannot be read (${code})`
  }
}
