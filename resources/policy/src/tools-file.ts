import type { Duration, ToolClass } from './tool-class.ts'

/** One scope of a tools file. */
export interface ScopeDefinition {
  readonly scope: string
  readonly toolClass: ToolClass
  /** What people read on the consent page. */
  readonly description: string
  /** Scopes that this one includes when a call is judged. */
  readonly implies: readonly string[]
  /** The longest duration a person may choose for it. */
  readonly longest: Duration
  /** Names of the tools that need it. */
  readonly tools: readonly string[]
}

/** One tool of a tools file. */
export interface ToolDefinition {
  readonly name: string
  readonly toolClass: ToolClass
  /** All the scopes that a call needs. */
  readonly scopes: readonly string[]
}

/** A tools file that was found to be without problems, in the order of the file. */
export interface ToolsFile {
  readonly scopes: ReadonlyMap<string, ScopeDefinition>
  readonly tools: ReadonlyMap<string, ToolDefinition>
}

/** One thing that is wrong with a tools file, and where. */
export interface Problem {
  readonly message: string
  /** Keys and indexes from the root of the file. */
  readonly path: readonly (string | number)[]
  /** 1-based; only when the input was text. */
  readonly line?: number
  /** 1-based; only when the input was text. */
  readonly column?: number
}
