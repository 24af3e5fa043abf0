import { resolve } from 'node:path'
import { splitList } from './assignment.ts'
import { twinPath } from './environment.ts'
import { type FileTexts, valueAt } from './named-files.ts'
import type { Findings, SettingsPath } from './problem.ts'
import { type Secret, secret } from './secret.ts'
import type { RefuseSecret } from './secret-rules.ts'

/** What is needed to find a secret: the settings, the files they name, and somewhere to report. */
export interface SecretLookup {
  readonly value: Readonly<Record<string, unknown>>
  readonly files: FileTexts
  readonly baseDir: string
  readonly findings: Findings
}

/**
 * Reads one secret from its key or from the file its twin names.
 * @param path the key, without `File`
 * @param refuse judges it
 * @returns undefined when it is not set, or was refused and reported
 */
export function readSecret(lookup: SecretLookup, path: SettingsPath, refuse: RefuseSecret): Secret | undefined {
  const inFile = readTwin(lookup, path)
  const written = inFile?.text.replace(/\r?\n$/, '') ?? valueAt(lookup.value, path)
  if (typeof written !== 'string' || written === '') return undefined
  const reason = refuse(written)
  if (reason === undefined) return secret(written)
  lookup.findings.problem('SALLYPORT_E_SETTINGS_VALUE', inFile?.path ?? path, reason)
  return undefined
}

/** Reads a list of secrets, as `readSecret` does; files hold one on each line or a comma list. */
export function readSecretList(lookup: SecretLookup, path: SettingsPath, refuse: RefuseSecret): readonly Secret[] {
  const inFile = readTwin(lookup, path)
  const written = inFile === undefined ? valueAt(lookup.value, path) : splitList(inFile.text)
  if (!Array.isArray(written)) return []
  const seen = new Set<string>()
  return written.flatMap((entry: unknown, index) => {
    if (typeof entry !== 'string' || entry === '') return []
    const reason = seen.has(entry) ? 'is the same as one before it' : refuse(entry)
    seen.add(entry)
    if (reason === undefined) return [secret(entry)]
    const where = inFile === undefined ? [...path, index] : inFile.path
    const message = inFile === undefined ? reason : `entry ${index + 1} ${reason}`
    lookup.findings.problem('SALLYPORT_E_SETTINGS_VALUE', where, message)
    return []
  })
}

/** The content of the file that the twin names; reports a file that cannot be used and names it, never its content. */
function readTwin(lookup: SecretLookup, path: SettingsPath): { text: string; path: SettingsPath } | undefined {
  const { findings, files, baseDir } = lookup
  const twin = twinPath(path)
  const named = valueAt(lookup.value, twin)
  if (typeof named !== 'string' || named === '') return undefined
  if (valueAt(lookup.value, path) !== undefined) {
    findings.problem('SALLYPORT_E_SETTINGS_CONFLICT', twin, `is set beside ${path.at(-1)}: remove one of them`)
    return undefined
  }
  const file = resolve(baseDir, named)
  const content = files.get(file)
  if (content === undefined || !content.ok) {
    findings.problem('SALLYPORT_E_SETTINGS_FILE', twin, `${file} ${content?.reason ?? 'was not read'}`)
    return undefined
  }
  if (content.text.trim() === '') {
    findings.problem('SALLYPORT_E_SETTINGS_FILE', twin, `${file} is empty`)
    return undefined
  }
  return { text: content.text, path: twin }
}
