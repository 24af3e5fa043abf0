/** Where a value was written, or `nowhere` when it should have been and was not. */
export type Source =
  | { readonly kind: 'file'; readonly file: string; readonly line?: number; readonly column?: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'nowhere' }

/** Stable; the messages may change. */
export type ProblemCode =
  | 'SALLYPORT_E_SETTINGS_SYNTAX'
  | 'SALLYPORT_E_SETTINGS_UNKNOWN_KEY'
  | 'SALLYPORT_E_SETTINGS_UNKNOWN_VARIABLE'
  | 'SALLYPORT_E_SETTINGS_TYPE'
  | 'SALLYPORT_E_SETTINGS_VALUE'
  | 'SALLYPORT_E_SETTINGS_MISSING'
  | 'SALLYPORT_E_SETTINGS_CONFLICT'
  | 'SALLYPORT_E_SETTINGS_FILE'
  | 'SALLYPORT_E_SETTINGS_TOOLS'
  | 'SALLYPORT_W_SETTINGS_DENIED'
  | 'SALLYPORT_W_SETTINGS_SHARED_ORIGIN'
  | 'SALLYPORT_W_SETTINGS_UNRESOLVED'
  | 'SALLYPORT_W_SETTINGS_UNREACHABLE'

/** Keys and indexes from the root of the settings. */
export type SettingsPath = readonly (string | number)[]

/** One thing that is wrong with the settings: where, what, and what to change. Never holds the value of a secret. */
export interface Problem {
  readonly code: ProblemCode
  readonly source: Source
  readonly path: SettingsPath
  readonly message: string
}

/** Collects what is found while the settings are judged, so that all of it is reported and not the first. */
export interface Findings {
  problem(code: ProblemCode, path: SettingsPath, message: string): void
  warning(code: ProblemCode, path: SettingsPath, message: string): void
  /** For what is wrong inside another file that the settings name. */
  problemAt(source: Source, code: ProblemCode, path: SettingsPath, message: string): void
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** @param sourceOf tells where the value at a path was written */
export function createFindings(sourceOf: (path: SettingsPath) => Source): Findings {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  return {
    problem: (code, path, message) => problems.push({ code, source: sourceOf(path), path, message }),
    warning: (code, path, message) => warnings.push({ code, source: sourceOf(path), path, message }),
    problemAt: (source, code, path, message) => problems.push({ code, source, path, message }),
    problems,
    warnings,
  }
}

/** @returns one line: `file:line:column: path: message [code]` */
export function formatProblem(problem: Problem): string {
  const parts = [formatSource(problem.source), formatPath(problem.path), problem.message]
  return `${parts.filter((part) => part !== '').join(': ')} [${problem.code}]`
}

/** @returns `resources[0].uri` for `['resources', 0, 'uri']` */
export function formatPath(path: SettingsPath): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('')
}

function formatSource(source: Source): string {
  switch (source.kind) {
    case 'file':
      return [source.file, source.line, source.column].filter((part) => part !== undefined).join(':')
    case 'environment':
      return `environment ${source.variable}`
    case 'flag':
      return `flag ${source.flag}`
    case 'nowhere':
      return 'settings'
  }
}
