import { resolve } from 'node:path'
import type { SettingsPath, Source } from './problem.ts'

/** One value that the environment or a flag puts over the settings file. */
export interface Assignment {
  readonly path: SettingsPath
  readonly value: unknown
  readonly source: Source
}

/** How the text of a variable or a flag becomes a value: `path` is taken from the working directory. */
export type ValueKind = 'text' | 'whole-number' | 'list' | 'path'

/**
 * Turns the text of a variable or a flag into a value. Text that is no number stays text, so that the schema refuses
 * it with the same words as in the file.
 * @param cwd absolute path that relative paths start from
 */
export function valueOfText(text: string, kind: ValueKind, cwd: string): unknown {
  switch (kind) {
    case 'text':
      return text
    case 'whole-number':
      return /^\d{1,9}$/.test(text) ? Number(text) : text
    case 'list':
      return splitList(text)
    case 'path':
      return resolve(cwd, text)
  }
}

/** Splits a comma list; secret files may also hold one entry on each line. */
export function splitList(text: string): readonly string[] {
  return text
    .split(/[,\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
