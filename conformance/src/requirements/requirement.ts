import type { Level } from '../check/verdict.ts'
import type { Revision } from '../mcp/revision.ts'

/** One row: what a role has to do, how binding that is in each revision, and who says so. */
export interface Requirement {
  /** `RS-401-01`: role, topic, number. Never given to another row. */
  readonly id: string
  readonly role: 'server' | 'as' | 'client'
  readonly statement: string
  /** Revisions it belongs to, and how binding it is in each. A revision that is not named does not ask for it. */
  readonly levels: Readonly<Partial<Record<Revision, Level>>>
  /** Address of the text that says so, with its section. */
  readonly source: string
  /** Why no check examines it; absent where one does. */
  readonly notChecked?: string
}
