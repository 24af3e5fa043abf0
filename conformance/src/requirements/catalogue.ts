import type { Requirement } from './requirement.ts'
import { serverEntryRequirements } from './server-entry.ts'

/** Every requirement, of every role. */
export const requirements: readonly Requirement[] = [...serverEntryRequirements]

export const requirementsById: ReadonlyMap<string, Requirement> = new Map(requirements.map((each) => [each.id, each]))
