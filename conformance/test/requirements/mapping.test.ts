import { describe, expect, it } from 'vitest'
import { requirementsById, serverRequirements } from '../../src/requirements/requirements.ts'
import { serverChecks } from '../../src/server/checks.ts'

describe('requirements and checks of a server', () => {
  it('belong together: every check examines a requirement that exists', () => {
    const orphans = serverChecks.filter(({ requirement }) => !requirementsById.has(requirement)).map(({ id }) => id)
    expect(orphans).toEqual([])
  })

  it('leave nothing unmapped: every requirement has a check or a reason, and none has both', () => {
    const examined = new Set(serverChecks.map(({ requirement }) => requirement))
    const both = serverRequirements.filter(({ id, notChecked }) => examined.has(id) && notChecked !== undefined)
    const neither = serverRequirements.filter(({ id, notChecked }) => !examined.has(id) && notChecked === undefined)
    expect({ both: both.map(({ id }) => id), neither: neither.map(({ id }) => id) }).toEqual({ both: [], neither: [] })
  })

  it('have ids that baselines can name: no check shares one', () => {
    const ids = serverChecks.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([])
  })

  it('say what goes wrong in the world, what is sent, what a sound server answers and how to mend it', () => {
    const silent = serverChecks.filter(({ title, risk, sends, expects, remedies }) =>
      [title, risk, sends, expects, remedies.general].some((words) => words.length < 4),
    )
    expect(silent.map(({ id }) => id)).toEqual([])
  })
})
