import { describe, expect, it } from 'vitest'
import { FAULTS } from '../../fixtures/broken/all.ts'
import { UNPROVEN } from '../../fixtures/broken/unproven.ts'
import { authorizationServerChecks } from '../../src/as/checks.ts'
import { clientChecks } from '../../src/client/checks.ts'
import { allRequirements, requirementsById } from '../../src/requirements/requirements.ts'
import { serverChecks } from '../../src/server/checks.ts'

/** Frameworks that a page of a check speaks to. */
const FRAMEWORKS = ['sdk1', 'sdk2', 'fastmcp', 'spring', 'kit'] as const

/** Programs of others that speak MCP. */
const CLIENTS =
  /Claude|claude\.ai|ChatGPT|Codex|VS Code|Copilot CLI|Cursor|opencode|Gemini|Qwen Code|MCP Inspector|mcp-remote|SDK/

/** Nobody's client is known to end at these: whoever attacks begins there, or everybody who signs in feels it. */
const NO_CLIENT_BREAKS: readonly string[] = [
  ...['refusal-before-version', 'refusal-before-unknown-method', 'refusal-tells-nothing', 'stream-ends-with-token'],
  ...['session-of-another', 'cross-origin-credentials', 'batch-elevation', 'token-unknown-key-lookups'],
  ...['token-withdrawn-key', 'as-registration-grants', 'as-pkce-wrong-guess', 'as-resource-single'],
  ...['as-refresh-stranger-harmless'],
  ...['metadata-slash', 'metadata-head', 'token-clock-ahead', 'token-new-key', 'issuer-outage-is-no-refusal'],
  ...['as-registration-type', 'as-scope-offline-access', 'as-refresh-keeps-scope', 'as-refresh-refused-lives'],
]

const checks = [...serverChecks, ...authorizationServerChecks, ...clientChecks]

describe('requirements and checks', () => {
  it('belong together: every check examines a requirement that exists', () => {
    const orphans = checks.filter(({ requirement }) => !requirementsById.has(requirement)).map(({ id }) => id)
    expect(orphans).toEqual([])
  })

  it('leave nothing unmapped: every requirement has a check or a reason, and none has both', () => {
    const examined = new Set(checks.map(({ requirement }) => requirement))
    const both = allRequirements.filter(({ id, notChecked }) => examined.has(id) && notChecked !== undefined)
    const neither = allRequirements.filter(({ id, notChecked }) => !examined.has(id) && notChecked === undefined)
    expect({ both: both.map(({ id }) => id), neither: neither.map(({ id }) => id) }).toEqual({ both: [], neither: [] })
  })

  it('have ids that baselines can name: no check shares one', () => {
    const ids = checks.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(ids.filter((id) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id))).toEqual([])
  })

  it('say what goes wrong in the world, what is sent, what a sound server answers and how to mend it', () => {
    const silent = checks.filter(({ title, risk, sends, expects, remedies }) =>
      [title, risk, sends, expects, remedies.general].some((words) => words.length < 4),
    )
    expect(silent.map(({ id }) => id)).toEqual([])
  })

  it.each(FRAMEWORKS)('of servers say how to mend it with %s, or that there is nothing to do', (framework) => {
    const silent = serverChecks.filter(({ remedies }) => (remedies[framework] ?? '').length < 'nothing to do'.length)
    expect(silent.map(({ id }) => id)).toEqual([])
  })

  it('name the client that breaks where no specification asks for it, or are among those that no client is known to end at', () => {
    const practice = [...serverChecks, ...authorizationServerChecks].filter(({ requirement }) =>
      Object.values(requirementsById.get(requirement)?.levels ?? {}).includes('practice'),
    )
    const nameless = practice.filter(({ risk }) => !CLIENTS.test(risk)).map(({ id }) => id)
    expect(nameless.toSorted()).toEqual(NO_CLIENT_BREAKS.toSorted())
  })

  it('of servers are each proved by a broken server, or say why by none', () => {
    const proved = new Set(FAULTS.flatMap(({ fails, warns = [] }) => [...fails, ...warns]))
    const unproved = serverChecks.map(({ id }) => id).filter((id) => !proved.has(id))
    expect(unproved.toSorted()).toEqual(Object.keys(UNPROVEN).toSorted())
  })
})
