/** What a tool can do to the world, from listing things up to administering them. */
export type ToolClass = 'discovery' | 'read' | 'write' | 'external-network' | 'destructive' | 'admin'

/** How long a person's permission lasts: until the access token ends, until the session ends, until taken back. */
export type Duration = 'once' | 'session' | 'until_revoked'

/** What belongs to a class and cannot be changed by a tools file, except where `longest` says so. */
export interface ToolClassRules {
  /** Words for people, in lower case. */
  readonly label: string
  /** Position in the order of harm; a higher number is more severe. */
  readonly severity: number
  /** False: never in an ordinary token; such a call needs an approval of its own. */
  readonly standing: boolean
  /** True: the box on the consent page comes ticked. */
  readonly preTicked: boolean
  /** The longest duration a person may choose. */
  readonly longest: Duration
  /** True: asked for by the first challenge. */
  readonly initial: boolean
}

const DURATION_ORDER: Readonly<Record<Duration, number>> = { once: 0, session: 1, until_revoked: 2 }

/** The rules of every tool class, mildest first. */
export const TOOL_CLASSES: Readonly<Record<ToolClass, ToolClassRules>> = {
  discovery: {
    label: 'discovery',
    severity: 0,
    standing: true,
    preTicked: true,
    longest: 'until_revoked',
    initial: true,
  },
  read: { label: 'read', severity: 1, standing: true, preTicked: true, longest: 'until_revoked', initial: true },
  write: { label: 'write', severity: 2, standing: true, preTicked: true, longest: 'session', initial: false },
  'external-network': {
    label: 'external network',
    severity: 3,
    standing: true,
    preTicked: false,
    longest: 'session',
    initial: false,
  },
  destructive: {
    label: 'destructive',
    severity: 4,
    standing: false,
    preTicked: false,
    longest: 'once',
    initial: false,
  },
  admin: { label: 'administration', severity: 5, standing: false, preTicked: false, longest: 'once', initial: false },
}

/** The class of a tool that the tools file does not name: unknown tools are denied, not guessed at. */
export const UNLISTED_TOOL: ToolClass = 'destructive'

/**
 * Tells whether a value read from a file names a tool class.
 *
 * @param value anything
 */
export function isToolClass(value: unknown): value is ToolClass {
  return typeof value === 'string' && Object.hasOwn(TOOL_CLASSES, value)
}

/**
 * Tells whether a value read from a file or a form names a duration.
 *
 * @param value anything
 */
export function isDuration(value: unknown): value is Duration {
  return typeof value === 'string' && Object.hasOwn(DURATION_ORDER, value)
}

/**
 * The more severe of two classes.
 *
 * @param a a tool class
 * @param b a tool class
 */
export function severerClass(a: ToolClass, b: ToolClass): ToolClass {
  return TOOL_CLASSES[a].severity >= TOOL_CLASSES[b].severity ? a : b
}

/**
 * The shorter of two durations: the person chooses, the class caps.
 *
 * @param a a duration
 * @param b a duration
 */
export function shorterDuration(a: Duration, b: Duration): Duration {
  return DURATION_ORDER[a] <= DURATION_ORDER[b] ? a : b
}
