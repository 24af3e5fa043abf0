import {
  expandScopes,
  grantableScopes,
  initialScopes,
  missingScopes,
  parseToolsFile,
  type ToolsFile,
} from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

function toolsFileOf(input: object): ToolsFile {
  const parsed = parseToolsFile(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.toolsFile
}

const issues = toolsFileOf({
  scopes: {
    'mcp:issue:create': { class: 'write', description: 'Create issues', implies: ['mcp:issue:read'] },
    'mcp:issue:read': { class: 'read', description: 'Read issues' },
    'mcp:issue:admin': { class: 'admin', description: 'Administer issues', implies: ['mcp:issue:create'] },
    'mcp:repositories:list': { class: 'discovery', description: 'List repositories' },
  },
})

// Scope n may only imply scopes with a smaller number, so every generated file is free of circles.
const generatedFile = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 10 }).map((rows) => {
  const name = (index: number): string => `mcp:thing${index}:read`
  const entries = rows.map((row, index) => {
    const implies = [...new Set(row)].filter((other) => other < index).map(name)
    return [name(index), { class: 'read', description: 'Read', implies }] as const
  })
  return toolsFileOf({ scopes: Object.fromEntries(entries) })
})
const someScopes = fc.array(fc.nat(12).map((index) => `mcp:thing${index}:read`))

describe('scopes of a tools file', () => {
  it('ask for discovery and read at first, in the order of the file (AS-SC, RS-PRM-06)', () => {
    expect(initialScopes(issues)).toEqual(['mcp:issue:read', 'mcp:repositories:list'])
  })

  it('can be granted unless their class never stands', () => {
    expect(grantableScopes(issues)).toEqual(['mcp:issue:create', 'mcp:issue:read', 'mcp:repositories:list'])
  })
})

describe('expandScopes (RS-403-04, R09)', () => {
  it('follows implied scopes to the end', () => {
    expect([...expandScopes(issues, ['mcp:issue:admin'])]).toEqual([
      'mcp:issue:admin',
      'mcp:issue:create',
      'mcp:issue:read',
    ])
  })

  it('never goes from a scope to one that implies it', () => {
    expect([...expandScopes(issues, ['mcp:issue:read'])]).toEqual(['mcp:issue:read'])
  })

  it('is monotone: more granted never means less held', () => {
    fc.assert(
      fc.property(generatedFile, someScopes, someScopes, (file, some, more) => {
        const larger = expandScopes(file, [...some, ...more])
        for (const scope of expandScopes(file, some)) expect(larger).toContain(scope)
      }),
    )
  })

  it('is idempotent and adds only scopes that the file defines', () => {
    fc.assert(
      fc.property(generatedFile, someScopes, (file, granted) => {
        const expanded = expandScopes(file, granted)
        expect(expandScopes(file, expanded)).toEqual(expanded)
        for (const scope of expanded) expect(granted.includes(scope) || file.scopes.has(scope)).toBe(true)
      }),
    )
  })
})

describe('missingScopes (RS-403-02)', () => {
  it('names what is neither granted nor implied, each once', () => {
    const required = ['mcp:issue:create', 'mcp:issue:read', 'mcp:repositories:list', 'mcp:repositories:list']
    expect(missingScopes(issues, ['mcp:issue:create'], required)).toEqual(['mcp:repositories:list'])
  })

  it('is empty exactly when everything required is held', () => {
    fc.assert(
      fc.property(generatedFile, someScopes, someScopes, (file, granted, required) => {
        const held = expandScopes(file, granted)
        expect(missingScopes(file, granted, required).length === 0).toBe(required.every((scope) => held.has(scope)))
      }),
    )
  })
})
