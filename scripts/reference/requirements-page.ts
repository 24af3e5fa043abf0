import type { Check } from '../../conformance/src/check/check.ts'
import { REVISIONS } from '../../conformance/src/mcp/revision.ts'
import type { Requirement } from '../../conformance/src/requirements/requirement.ts'
import { levelWord } from './check-pages.ts'
import { code, generatedFrom, table } from './markdown.ts'

const INTRODUCTION = `# Requirements

What each revision of MCP, and the RFCs that it makes normative, asks of a protected resource (RS), an authorization server (AS) and a client (CL), in our own words. A row is frozen: it keeps its id and its meaning. Each is examined by a check, or says why none does.
`

/** Requirement → checks, or the reason why there is none. */
export function requirementsPage(
  rows: readonly Requirement[],
  checks: readonly Pick<Check<never>, 'id' | 'requirement'>[],
): string {
  const lines = rows.map((row) => [
    `[${row.id}](${row.source})`,
    row.statement,
    ...REVISIONS.map((revision) => (row.levels[revision] === undefined ? '' : levelWord(row.levels[revision]))),
    examinedBy(row, checks),
  ])
  const head = ['id', 'what is asked', ...REVISIONS, 'examined by']
  return `${generatedFrom('`conformance/src/requirements/`')}\n${INTRODUCTION}\n${table(head, lines)}\n`
}

function examinedBy(row: Requirement, checks: readonly Pick<Check<never>, 'id' | 'requirement'>[]): string {
  const links = checksOf(row.id, checks).map(({ id }) => `[${code(id)}](../checks/${id}.md)`)
  return links.length > 0 ? links.join(', ') : `no check: ${row.notChecked ?? 'none was written'}`
}

function checksOf<C extends { readonly requirement: string }>(id: string, checks: readonly C[]): readonly C[] {
  return checks.filter(({ requirement }) => requirement === id)
}
