import type { Assignment } from './assignment.ts'
import { isRecord, type SettingsDocument } from './document.ts'
import { twinPath } from './environment.ts'
import type { SettingsPath, Source } from './problem.ts'

/** File, environment and flags as one value, before it is judged. */
export interface Layers {
  readonly value: Readonly<Record<string, unknown>>
  /** @returns where the value at `path` was written */
  sourceOf(path: SettingsPath): Source
  /** @returns where the key at `path` was written */
  sourceOfKey(path: SettingsPath): Source
}

/**
 * Puts assignments over the settings file, later ones over earlier ones.
 * @param document the settings file, if there is one
 * @param assignments the environment's, then the flags'
 */
export function layerSettings(document: SettingsDocument | undefined, assignments: readonly Assignment[]): Layers {
  const value: Record<string, unknown> = structuredClone({ ...document?.value })
  for (const { path, value: assigned } of assignments) assign(value, path, assigned)
  const find = (path: SettingsPath, inFile: ((path: SettingsPath) => Source) | undefined): Source => {
    const assignment = assignments.findLast((candidate) => isPrefix(candidate.path, path))
    if (assignment !== undefined) return assignment.source
    return inFile !== undefined && isWritten(document?.value, path) ? inFile(path) : { kind: 'nowhere' }
  }
  return {
    value,
    sourceOf: (path) => find(path, document?.locate),
    sourceOfKey: (path) => find(path, document?.locateKey),
  }
}

function assign(root: Record<string, unknown>, path: SettingsPath, assigned: unknown): void {
  let container = root
  for (const key of path.slice(0, -1)) {
    const existing = container[key]
    // What the file wrote instead of a section is refused by the schema; overwriting it would hide the mistake.
    if (existing !== undefined && existing !== null && !isRecord(existing)) return
    const next: Record<string, unknown> = isRecord(existing) ? existing : {}
    container[key] = next
    container = next
  }
  const last = String(path.at(-1))
  // A secret from a higher layer replaces both forms that a lower layer may have used.
  delete container[last.endsWith('File') ? last.slice(0, -'File'.length) : String(twinPath([last])[0])]
  container[last] = assigned
}

function isPrefix(prefix: SettingsPath, path: SettingsPath): boolean {
  return prefix.every((key, index) => key === path[index])
}

/** A path counts as written when its first key is: what is missing inside a section is reported at that section. */
function isWritten(value: Readonly<Record<string, unknown>> | undefined, path: SettingsPath): boolean {
  const [first] = path
  return value !== undefined && (first === undefined || Object.hasOwn(value, first))
}
