import type { Check } from '../../check/check.ts'
import type { ServerSubject } from '../subject.ts'
import { noTokenRefused } from './no-token-refused.ts'
import { soundTokenAccepted } from './sound-token-accepted.ts'
import { toolCallNeedsToken } from './tool-call-needs-token.ts'

/** The door and the key. */
export const entryChecks: readonly Check<ServerSubject>[] = [noTokenRefused, soundTokenAccepted, toolCallNeedsToken]
