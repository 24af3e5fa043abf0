import type { Finding } from '../check/finding.ts'
import type { Replay } from './replay.ts'

/** One thing that a client does, and what becomes of it here. */
export interface ReplayStep {
  /** Lower case, words joined by `-`; stable. */
  readonly id: string
  /** Row of `requirements/` that is nearest: it says what a server does for such a client. */
  readonly requirement: string
  readonly title: string
  readonly remedy: string
  run(replay: Replay): Promise<Finding>
}
