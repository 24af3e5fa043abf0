import type { Duration } from '@sallyport/policy'
import { describe, expect, it } from 'vitest'
import { buildPermission } from '../../src/http/pages/permission.ts'
import { consent, createIssues, deleteBranches, readIssues } from './sample-views.ts'

const EIGHT_HOURS = 28_800
const { durations } = consent

function choose(value: Duration): typeof durations {
  return durations.map((duration) => ({ ...duration, selected: duration.value === value }))
}

describe('the end shown beside a permission', () => {
  it.each([
    { choice: 'once', longest: 'session', says: 'lasts a few minutes' },
    { choice: 'session', longest: 'session', says: 'lasts at most 8 hours' },
    { choice: 'until_revoked', longest: 'session', says: 'lasts at most 8 hours' },
    { choice: 'until_revoked', longest: 'until_revoked', says: 'lasts until you take it back' },
    { choice: 'until_revoked', longest: 'once', says: 'lasts a few minutes' },
  ] as const)('is the shorter of the choice ($choice) and what is allowed ($longest)', ({ choice, longest, says }) => {
    const { ends } = buildPermission({ ...readIssues, longest }, choose(choice), EIGHT_HOURS)
    expect(ends.filter((end) => end.isPreselected).map((end) => end.text)).toEqual([says])
    expect(ends.find((end) => end.choices.includes(choice))?.text).toBe(says)
  })

  it('covers every duration the person can choose exactly once', () => {
    const { ends } = buildPermission(createIssues, durations, EIGHT_HOURS)
    expect(ends.flatMap((end) => end.choices)).toEqual(['once', 'session', 'until_revoked'])
  })

  it('is an approval each time where the class has no standing permission', () => {
    const permission = buildPermission(deleteBranches, durations, EIGHT_HOURS)
    expect(permission.needsApproval).toBe(true)
    expect(permission.ends).toEqual([])
  })
})
