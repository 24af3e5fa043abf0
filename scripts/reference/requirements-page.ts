import type { Check } from '../../conformance/src/check/check.ts'
import { REVISIONS } from '../../conformance/src/mcp/revision.ts'
import type { Requirement } from '../../conformance/src/requirements/requirement.ts'
import { levelWord } from './check-pages.ts'
import { code, codes, generatedFrom, table } from './markdown.ts'

const INTRODUCTION = `# Requirements

What each revision of MCP, and the RFCs that it makes normative, asks of a protected resource (RS), an authorization server (AS) and a client (CL), in our own words. A row is frozen: it keeps its id and its meaning. Each is examined by a check, or says why none does.
`

/** What shows that checks can fail: broken servers and clients, each with the checks that name its fault. */
export interface Proofs {
  readonly faults: readonly {
    readonly name: string
    readonly fails: readonly string[]
    readonly warns?: readonly string[]
  }[]
  /** Why a check has none, by its id. */
  readonly unproven: Readonly<Record<string, string>>
}

const PROOFS = `## What proves the checks

Requirement → check → broken server or client: each has one fault, and the checks that name it find it, and no other does. What was found at each stands in the detection matrices, of [servers](../../conformance/fixtures/MATRIX.md) and of [clients](../../conformance/fixtures/clients/MATRIX.md).
`

/** Requirement → checks, or the reason why there is none; then requirement → check → what proves it. */
export function requirementsPage(
  rows: readonly Requirement[],
  checks: readonly Pick<Check<never>, 'id' | 'requirement'>[],
  proofs: Proofs,
): string {
  const lines = rows.map((row) => [
    `[${row.id}](${row.source})`,
    row.statement,
    ...REVISIONS.map((revision) => (row.levels[revision] === undefined ? '' : levelWord(row.levels[revision]))),
    examinedBy(row, checks),
  ])
  const head = ['id', 'what is asked', ...REVISIONS, 'examined by']
  const parts = [INTRODUCTION, `${table(head, lines)}\n`, PROOFS, `${proofTable(rows, checks, proofs)}\n`]
  return [generatedFrom('`conformance/src/requirements/`'), ...parts].join('\n')
}

function proofTable(
  rows: readonly Requirement[],
  checks: readonly Pick<Check<never>, 'id' | 'requirement'>[],
  { faults, unproven }: Proofs,
): string {
  const lines = rows.flatMap((row) =>
    checksOf(row.id, checks).map(({ id }) => {
      const names = faults.filter(({ fails, warns = [] }) => [...fails, ...warns].includes(id)).map(({ name }) => name)
      return [
        row.id,
        code(id),
        names.length > 0 ? codes(names) : `none: ${unproven[id] ?? 'nothing broken was written'}`,
      ]
    }),
  )
  return table(['requirement', 'check', 'broken servers and clients'], lines)
}

function examinedBy(row: Requirement, checks: readonly Pick<Check<never>, 'id' | 'requirement'>[]): string {
  const links = checksOf(row.id, checks).map(({ id }) => `[${code(id)}](../checks/${id}.md)`)
  return links.length > 0 ? links.join(', ') : `no check: ${row.notChecked ?? 'none was written'}`
}

function checksOf<C extends { readonly requirement: string }>(id: string, checks: readonly C[]): readonly C[] {
  return checks.filter(({ requirement }) => requirement === id)
}
