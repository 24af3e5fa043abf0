import { describe, expect, it } from 'vitest'
import type { Requirement } from '../../conformance/src/requirements/requirement.ts'
import { type CheckGroup, checkPages } from '../reference/check-pages.ts'
import { requirementsPage } from '../reference/requirements-page.ts'

const row: Requirement = {
  id: 'RS-X-01',
  role: 'server',
  statement: 'The door is locked.',
  levels: { '2025-11-25': 'should', '2026-07-28': 'must' },
  source: 'https://spec.example/#door',
}
const check = {
  id: 'door-locked',
  requirement: 'RS-X-01',
  title: 'Nobody walks in',
  risk: 'Somebody walks in.',
  sends: 'A knock.',
  expects: '401.',
  remedies: { general: 'Lock it.', spring: 'Use a SecurityFilterChain.' },
  permission: 'slow',
} as const
const rows = new Map([[row.id, row]])
const group = (checks: CheckGroup['checks']): CheckGroup => ({ heading: 'Doors', command: 'door', checks })

describe('the page of a check', () => {
  const page = checkPages([group([check])], rows).get(`docs/checks/${check.id}.md`) ?? ''

  it('says what is asked and how binding in each revision, the risk, what is sent, what is right, and each remedy', () => {
    const words = [
      'The door is locked.',
      '| 2025-06-18 | not asked |',
      '| 2025-11-25 | SHOULD |',
      '| 2026-07-28 | MUST |',
    ]
    words.push(
      'Somebody walks in.',
      'A knock.',
      '--slow',
      '401.',
      'Lock it.',
      '**Spring Security**: Use a SecurityFilterChain.',
    )
    expect(words.filter((word) => !page.includes(word))).toEqual([])
    expect(page).not.toContain('FastMCP')
  })

  it('is refused for a requirement that no row has, and for an id that two checks have', () => {
    expect(() => checkPages([group([check])], new Map())).toThrow(/door-locked belongs to RS-X-01/)
    expect(() => checkPages([group([check]), group([check])], rows)).toThrow(/two checks are called door-locked/)
  })
})

describe('the page of requirements', () => {
  it('names the checks of a row, or why it has none', () => {
    const unseen = { ...row, id: 'RS-X-02', notChecked: 'no request shows it' }
    const page = requirementsPage([row, unseen], [check], { faults: [], unproven: {} })
    expect(page).toContain(`[\`door-locked\`](../checks/${check.id}.md)`)
    expect(page).toMatch(/RS-X-02.*no check: no request shows it/)
  })

  it('names what proves each check, or why nothing does', () => {
    const faults = [{ name: 'open-door', fails: [], warns: [check.id] }]
    expect(requirementsPage([row], [check], { faults, unproven: {} })).toContain(
      `| ${row.id} | \`${check.id}\` | \`open-door\` |`,
    )
    const unproven = { [check.id]: 'doors cannot be broken' }
    expect(requirementsPage([row], [check], { faults: [], unproven })).toContain('none: doors cannot be broken')
  })
})
