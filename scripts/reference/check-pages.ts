import type { Check, Remedies } from '../../conformance/src/check/check.ts'
import { REVISIONS } from '../../conformance/src/mcp/revision.ts'
import type { Requirement } from '../../conformance/src/requirements/requirement.ts'
import { code, generatedFrom, table } from './markdown.ts'

type AnyCheck = Omit<Check<never>, 'run'>

const FOLDER = 'docs/checks'
const SOURCE = '`conformance/src/`'
const INTRODUCTION = `# Checks

What \`sallyport-examine\` asks of MCP servers, authorization servers and clients. A check keeps its id whether it passes or fails; how binding it is belongs to its requirement and to the revision of MCP that is spoken. A MUST that is broken fails, anything softer warns, and what could not be judged is incomplete, never passed. What no check examines, and why, is in the [table of requirements](../reference/requirements.md).
`

/** Words of the flag that a check needs before it may send anything. */
const PERMISSION_FLAGS: Readonly<Record<NonNullable<AnyCheck['permission']>, string>> = {
  slow: '`--slow`: it has to wait.',
  stress: '`--stress`: it sends many requests at once.',
  effects: '`--allow-effects`: it calls tools that may change something.',
}

const REMEDY_NAMES: Readonly<Record<Exclude<keyof Remedies, 'general'>, string>> = {
  sdk1: 'TypeScript SDK 1.x',
  sdk2: 'TypeScript SDK 2.x',
  fastmcp: 'FastMCP',
  spring: 'Spring Security',
  kit: '@sallyport/resource',
}

/** The checks of one verb of the command line. */
export interface CheckGroup {
  readonly heading: string
  /** How one check is run alone, without its id. */
  readonly command: string
  /** What stands behind the flags: a client is a command of its own. */
  readonly subject?: string
  readonly checks: readonly AnyCheck[]
}

/**
 * A page for each check, and one that lists them.
 * @returns texts by path from the repository root
 * @throws Error for a check whose requirement no row has, and for two checks of one id
 */
export function checkPages(
  groups: readonly CheckGroup[],
  requirements: ReadonlyMap<string, Requirement>,
): ReadonlyMap<string, string> {
  const checks = groups.flatMap((group) => group.checks)
  const pages = groups.flatMap((group) =>
    group.checks.map(
      (check) => [`${FOLDER}/${check.id}.md`, checkPage(check, rowOf(check, requirements), group)] as const,
    ),
  )
  const twice = checks.filter(({ id }, at) => checks.findIndex((other) => other.id === id) !== at)
  if (twice.length > 0) throw new Error(`two checks are called ${twice.map(({ id }) => id).join(', ')}`)
  return new Map([[`${FOLDER}/README.md`, listPage(groups, requirements)], ...pages])
}

function rowOf(check: AnyCheck, requirements: ReadonlyMap<string, Requirement>): Requirement {
  const row = requirements.get(check.requirement)
  if (row === undefined) throw new Error(`${check.id} belongs to ${check.requirement}, which no row has`)
  return row
}

function listPage(groups: readonly CheckGroup[], requirements: ReadonlyMap<string, Requirement>): string {
  const sections = groups.filter(({ checks }) => checks.length > 0).map((group) => sectionOf(group, requirements))
  return `${generatedFrom(SOURCE)}\n${INTRODUCTION}\n${sections.join('\n')}`
}

function sectionOf({ heading, checks }: CheckGroup, requirements: ReadonlyMap<string, Requirement>): string {
  const rows = checks.map((check) => [
    `[${code(check.id)}](${check.id}.md)`,
    check.title,
    check.requirement,
    newestLevel(rowOf(check, requirements)),
  ])
  return `## ${heading}\n\n${table(['check', 'what holds when it passes', 'requirement', 'level'], rows)}\n`
}

function checkPage(check: AnyCheck, row: Requirement, { command, subject }: CheckGroup): string {
  const line = [command, '--only', check.id, ...(subject === undefined ? [] : ['--', subject])].join(' ')
  const levels = REVISIONS.map((revision) => [revision, levelWord(row.levels[revision])])
  const parts = [
    generatedFrom(SOURCE),
    `# ${check.title}\n`,
    `Check ${code(check.id)} · requirement ${row.id} · [source](${row.source})\n`,
    `## What is asked\n\n${row.statement}\n\n${table(['revision', 'how binding'], levels)}\n`,
    `## What goes wrong without it\n\n${check.risk}\n`,
    `## What is sent\n\n${check.sends}${check.permission === undefined ? '' : `\n\nOnly with ${PERMISSION_FLAGS[check.permission]}`}\n`,
    `## What a sound one ${subject === undefined ? 'answers' : 'does'}\n\n${check.expects}\n`,
    `## How to mend it\n\n${remediesOf(check.remedies)}\n`,
    `## Run it alone\n\n\`\`\`sh\nnpm run examine -- ${line}\n\`\`\`\n`,
    '[All checks](README.md)\n',
  ]
  return parts.join('\n')
}

function remediesOf(remedies: Remedies): string {
  const named = (Object.keys(REMEDY_NAMES) as (keyof typeof REMEDY_NAMES)[]).flatMap((key) => {
    const text = remedies[key]
    return text === undefined ? [] : [`- **${REMEDY_NAMES[key]}**: ${text}`]
  })
  return [remedies.general, ...(named.length === 0 ? [] : [named.join('\n')])].join('\n\n')
}

const LEVEL_WORDS = { must: 'MUST', should: 'SHOULD', practice: 'practice of real clients' } as const

export function levelWord(level: keyof typeof LEVEL_WORDS | undefined): string {
  return level === undefined ? 'not asked' : LEVEL_WORDS[level]
}

/** In the latest revision that asks for it. */
function newestLevel({ levels }: Requirement): string {
  return levelWord(REVISIONS.map((revision) => levels[revision]).findLast((level) => level !== undefined))
}
