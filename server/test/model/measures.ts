import { type Duration, parseToolsFile, type ToolClass } from '@sallyport/policy'

// All times are multiples of ten seconds, so that a sequence that takes a second or two is never near an end.
export const CODE_SECONDS = 60
export const IDLE_SECONDS = 1_800
export const ELEVATION_SECONDS = 28_800
export const ONCE_SECONDS = 300
export const FAMILY_SECONDS = 90_000
/** How far back the feed is asked for. */
export const FEED_SECONDS = 3_600
/** Answers to repetitions within one window before it closes. */
export const GRACE_ANSWERS = 50

export const PASSES = [30, 30, 70, 400, 1_200, 32_400] as const
export const GRACES = [60, 60, 60, 120, 0] as const

export const CLASS_OF: Readonly<Record<string, ToolClass>> = {
  'mcp:repositories:list': 'discovery',
  'mcp:issue:read': 'read',
  'mcp:issue:create': 'write',
  'mcp:url:fetch': 'external-network',
}

export const SCOPES = Object.keys(CLASS_OF)

/** What people choose on a page; the longest most often. */
export const DURATIONS = ['until_revoked', 'until_revoked', 'session', 'once'] as const

/** Discovery and reading, which may be agreed to for good. */
export function isMild(scope: string): boolean {
  return CLASS_OF[scope] === 'discovery' || CLASS_OF[scope] === 'read'
}

/** How long a yes is for that was said for so long. */
export function lastingFor(scope: string, said: Duration): Duration {
  return said === 'until_revoked' && !isMild(scope) ? 'session' : said
}

/** When what is agreed to now is over, in seconds of the sequence; null for what stays until it is taken back. */
export function endOf(duration: Duration, now: number): number | null {
  return { once: now + ONCE_SECONDS, session: now + ELEVATION_SECONDS, until_revoked: null }[duration]
}

export const TOOLS = {
  scopes: Object.fromEntries(
    Object.entries(CLASS_OF).map(([scope, each]) => [scope, { class: each, description: 'x' }]),
  ),
  tools: Object.fromEntries(SCOPES.map((scope, at) => [`tool_${at}`, { scopes: [scope] }])),
}

const parsed = parseToolsFile(TOOLS)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
export const TOOLS_FILE = parsed.toolsFile
