import type { Finding } from './finding.ts'

/** How the author of a subject mends it, by what it is built with. */
export interface Remedies {
  /** In words that hold for any server. */
  readonly general: string
  readonly sdk1?: string
  readonly sdk2?: string
  readonly fastmcp?: string
  readonly spring?: string
  readonly kit?: string
}

/** What a run must be allowed to do before the check may send anything. */
export type Permission = 'slow' | 'stress' | 'effects'

/**
 * One question to a subject. Its id is the same whether it passes or fails, and belongs to one requirement.
 * @typeParam Subject what is examined: an MCP server, an authorization server, a client
 */
export interface Check<Subject> {
  /** Lower case, words joined by `-`; stable for ever, because baselines and reports name it. */
  readonly id: string
  /** Id of a row of `requirements/`. How binding it is stands there, never here. */
  readonly requirement: string
  /** A sentence about the behaviour of a sound subject. */
  readonly title: string
  /** What goes wrong in the world when it fails: an attack, or the client that breaks. */
  readonly risk: string
  readonly sends: string
  readonly expects: string
  readonly remedies: Remedies
  readonly permission?: Permission
  /** Never throws for what the subject does; see `Unanswered` for what did not answer at all. */
  run(subject: Subject): Promise<Finding>
}
