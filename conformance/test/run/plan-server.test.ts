import { describe, expect, it } from 'vitest'
import { REVISIONS } from '../../src/mcp/revision.ts'
import { requirementsById } from '../../src/requirements/requirements.ts'
import { type PlanServer, planServer } from '../../src/run/plan-server.ts'
import { serverChecks } from '../../src/server/checks.ts'

const URL_OF_MCP = 'https://mcp.invalid/mcp'

const plan = (changes: Partial<PlanServer> = {}): PlanServer => ({
  url: URL_OF_MCP,
  profile: 'trusting',
  audience: undefined,
  spec: undefined,
  scopes: [],
  allowedCalls: [],
  downstream: undefined,
  tools: 'none',
  permissions: new Set(),
  checks: serverChecks,
  requirements: requirementsById,
  ...changes,
})

describe('the plan of a run', () => {
  // The host does not exist: whatever was really sent would end in an error and be no plan.
  it.each(REVISIONS)('tells for %s what every check of it would send to the target', async (spec) => {
    const steps = await planServer(plan({ spec }))
    const asked = serverChecks.filter(
      ({ requirement, permission }) =>
        permission === undefined && requirementsById.get(requirement)?.levels[spec] !== undefined,
    )
    expect(steps.map(({ check }) => check)).toEqual([undefined, ...asked.map(({ id }) => id)])
    expect(steps[0]?.requests.length).toBeGreaterThan(1)
    for (const { sends } of steps) expect(sends).not.toBe('')
  })

  it('goes on behind the sound token that a check compares with', async () => {
    const steps = await planServer(plan())
    expect(steps.some(({ check, requests }) => check?.startsWith('token-') === true && requests.length > 1)).toBe(true)
  })

  it('shows no token, and calls no tool that exists', async () => {
    const text = JSON.stringify(await planServer(plan()))
    expect(text).not.toMatch(/Bearer eyJ/)
    for (const [, name] of text.matchAll(/mcp-name: ([^\\\\]+)/g))
      expect(name).toMatch(/does.not.exist|no.such|examin/i)
  })

  it('holds what was permitted alone', async () => {
    const slow = serverChecks.filter(({ permission }) => permission === 'slow').map(({ id }) => id)
    const without = (await planServer(plan())).map(({ check }) => check)
    expect(without.filter((id) => id !== undefined && slow.includes(id))).toEqual([])
    const steps = await planServer(plan({ permissions: new Set(['slow']) }))
    expect(steps.map(({ check }) => check)).toEqual(expect.arrayContaining(slow))
  })
})
