import { describe, expect, it } from 'vitest'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { tokenRows } from '../../src/requirements/token-rows.ts'
import { createIssuerTroubleChecks, tokenChecks } from '../../src/server/tokens/token-checks.ts'
import { lookAlikePaths, parentsOf } from '../../src/server/tokens/url-forms.ts'
import { REAL_WAITS } from '../../src/server/waits.ts'

const allChecks = [...tokenChecks, ...createIssuerTroubleChecks(REAL_WAITS)]

describe('the list of token checks', () => {
  it('has no id twice', () => {
    expect(new Set(allChecks.map(({ id }) => id)).size).toBe(allChecks.length)
  })

  it.each(allChecks.map((check) => [check.id, check] as const))(
    '%s belongs to a row and says what it is about',
    (_, check) => {
      expect(requirementsById.get(check.requirement)).toMatchObject({ role: 'server' })
      for (const text of [check.risk, check.sends, check.expects, check.remedies.general]) expect(text).toMatch(/\.$/)
      expect(check.id).toMatch(/^[a-z]+(-[a-z]+)+$/)
    },
  )

  it.each(tokenRows.map((row) => [row.id, row] as const))(
    'row %s is examined, or says why not',
    (id, { notChecked }) => {
      const examined = allChecks.some(({ requirement }) => requirement === id)
      expect(examined).toBe(notChecked === undefined)
    },
  )
})

describe('forms of an identifier', () => {
  it.each([
    { identifier: 'https://h.example/a/mcp', parents: ['https://h.example/a', 'https://h.example'] },
    { identifier: 'https://h.example/mcp/', parents: ['https://h.example'] },
    { identifier: 'https://h.example', parents: [] },
  ])('$identifier has the parents $parents', ({ identifier, parents }) => {
    expect(parentsOf(identifier)).toEqual(parents)
  })

  it.each([
    { identifier: 'https://h.example/Mcp?x=a', forms: ['https://h.example/mCP?x=a'] },
    { identifier: 'https://h.example/h', forms: ['https://h.example/H'] },
    { identifier: 'https://h.example/1', forms: [] },
    { identifier: 'https://h.example', forms: [] },
  ])('$identifier has the look-alikes $forms', ({ identifier, forms }) => {
    expect(lookAlikePaths(identifier)).toEqual(forms)
  })
})
