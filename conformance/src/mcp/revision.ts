/** Revisions of MCP with an authorization chapter, oldest first. */
export const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const
export type Revision = (typeof REVISIONS)[number]

/** The first revision without sessions: every request says all that is needed to answer it. */
export const STATELESS_SINCE: Revision = '2026-07-28'

export function isRevision(value: unknown): value is Revision {
  return REVISIONS.some((revision) => revision === value)
}

export function isStateless(revision: Revision): boolean {
  return revision >= STATELESS_SINCE
}
