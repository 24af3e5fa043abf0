import { describe, expect, it } from 'vitest'
import { REVISIONS } from '../../src/mcp/revision.ts'
import { allRequirements, requirementsById, serverRequirements } from '../../src/requirements/requirements.ts'

const PREFIX = { server: 'RS', as: 'AS', client: 'CL' } as const

describe('the requirements', () => {
  it('have ids of their own, and can be found by them', () => {
    expect(requirementsById.size).toBe(allRequirements.length)
  })

  it.each(allRequirements.map((row) => [row.id, row] as const))(
    '%s binds in a revision and cites its text',
    (_, row) => {
      expect(row.id).toMatch(new RegExp(`^${PREFIX[row.role]}-[A-Z0-9]+-\\d{2}[a-z]?$`))
      expect(Object.keys(row.levels).filter((revision) => REVISIONS.some((known) => known === revision))).not.toEqual(
        [],
      )
      expect(new URL(row.source).protocol).toBe('https:')
      expect(row.statement).toMatch(/[.]$/)
    },
  )

  it('of the first revision know nothing of protected resource metadata, which came later', () => {
    const early = serverRequirements.filter(({ id, levels }) => id.startsWith('RS-PRM') && '2025-03-26' in levels)
    expect(early).toEqual([])
  })

  it('bind as firmly as each revision says: RS-401-02', () => {
    expect(requirementsById.get('RS-401-02')?.levels).toEqual({
      '2025-06-18': 'must',
      '2025-11-25': 'practice',
      '2026-07-28': 'practice',
    })
  })
})
