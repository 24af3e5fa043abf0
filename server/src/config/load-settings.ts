import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseSettingsDocument, type SettingsDocument } from './document.ts'
import { readEnvironment } from './environment.ts'
import { readFlags, type SettingsFlags } from './flags.ts'
import { type JudgedSettings, judgeSettings } from './judge-settings.ts'
import { layerSettings } from './layers.ts'
import type { SettingsMode } from './mode-rules.ts'
import { filesNamedBy, type ReadFile, readNamedFile, readNamedFiles } from './named-files.ts'
import type { Problem, Source } from './problem.ts'

/** Read when neither `--config` nor SALLYPORT_CONFIG names another. */
export const DEFAULT_SETTINGS_FILE = 'sallyport.yaml'

/** Where settings come from. */
export interface SettingsRequest {
  readonly mode: SettingsMode
  readonly flags?: SettingsFlags
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute working directory: paths of the environment and of flags start there, those of the file at the file. */
  readonly cwd: string
  /** Reads a file as UTF-8 text and throws what `node:fs` throws; `node:fs` itself unless given. */
  readonly readFile?: ReadFile
}

/**
 * Loads the one configuration of a process: defaults, then the settings file, the environment and the flags, each over
 * the one before.
 * @returns frozen settings, or every problem that was found; no problem and no warning holds the value of a secret
 */
export function loadSettings(request: SettingsRequest): JudgedSettings {
  const { mode, env, cwd, flags = {}, readFile = readUtf8 } = request
  const environment = readEnvironment(env, cwd)
  const assignments = [...environment.assignments, ...readFlags(flags, cwd)]
  const file = readSettingsFile(namedSettingsFile(flags.config, environment.configFile), cwd, readFile)
  if (!file.ok) return { ok: false, problems: [...environment.problems, ...file.problems], warnings: [] }
  const layers = layerSettings(file.document, assignments)
  const files = readNamedFiles(filesNamedBy(layers.value, file.baseDir), readFile)
  const judged = judgeSettings({ mode, layers, files, baseDir: file.baseDir, cwd })
  if (environment.problems.length === 0) return judged
  const problems = [...environment.problems, ...(judged.ok ? [] : judged.problems)]
  return { ok: false, problems, warnings: judged.warnings }
}

/** A settings file that was asked for, and by what; undefined when the default one is read if it is there. */
type NamedSettingsFile = { readonly file: string; readonly source: Source } | undefined

function namedSettingsFile(flag: string | undefined, variable: string | undefined): NamedSettingsFile {
  if (flag !== undefined) return { file: flag, source: { kind: 'flag', flag: '--config' } }
  if (variable === undefined) return undefined
  return { file: variable, source: { kind: 'environment', variable: 'SALLYPORT_CONFIG' } }
}

type SettingsFile =
  | { readonly ok: true; readonly document: SettingsDocument | undefined; readonly baseDir: string }
  | { readonly ok: false; readonly problems: readonly Problem[] }

function readSettingsFile(named: NamedSettingsFile, cwd: string, readFile: ReadFile): SettingsFile {
  const shown = named?.file ?? DEFAULT_SETTINGS_FILE
  const path = resolve(cwd, shown)
  const content = readNamedFile(path, readFile)
  if (!content.ok) {
    if (named === undefined && content.reason === 'does not exist')
      return { ok: true, document: undefined, baseDir: cwd }
    const source: Source = named?.source ?? { kind: 'file', file: shown }
    return {
      ok: false,
      problems: [{ code: 'SALLYPORT_E_SETTINGS_FILE', source, path: [], message: `${path} ${content.reason}` }],
    }
  }
  const parsed = parseSettingsDocument(content.text, shown)
  return parsed.ok ? { ok: true, document: parsed.document, baseDir: dirname(path) } : parsed
}

function readUtf8(path: string): string {
  return readFileSync(path, 'utf8')
}
