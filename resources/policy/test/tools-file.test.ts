import { parseToolsFile } from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const VALID = `
scopes:
  mcp:repositories:list: { class: discovery, description: List repositories }
  mcp:issue:read:
    class: read
    description: Read issues
    longest: session
  mcp:issue:create: { class: write, description: Create issues, implies: [mcp:issue:read], longest: session }
  mcp:label:write: { class: write, description: Label issues, longest: until_revoked }
tools:
  whoami: { class: discovery }
  issue_read: { scopes: [mcp:issue:read] }
  issue_create: { scopes: [mcp:issue:create, mcp:repositories:list] }
  branch_delete: { class: destructive }
`

describe('parseToolsFile', () => {
  it('reads scopes and tools in the order of the file', () => {
    const parsed = parseToolsFile(VALID)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    expect([...parsed.toolsFile.scopes.values()]).toMatchObject([
      { scope: 'mcp:repositories:list', toolClass: 'discovery', longest: 'until_revoked', tools: ['issue_create'] },
      { scope: 'mcp:issue:read', toolClass: 'read', longest: 'session', tools: ['issue_read'] },
      { scope: 'mcp:issue:create', toolClass: 'write', longest: 'session', implies: ['mcp:issue:read'] },
      { scope: 'mcp:label:write', toolClass: 'write', longest: 'until_revoked', tools: [] },
    ])
    expect([...parsed.toolsFile.tools.values()]).toEqual([
      { name: 'whoami', toolClass: 'discovery', scopes: [] },
      { name: 'issue_read', toolClass: 'read', scopes: ['mcp:issue:read'] },
      { name: 'issue_create', toolClass: 'write', scopes: ['mcp:issue:create', 'mcp:repositories:list'] },
      { name: 'branch_delete', toolClass: 'destructive', scopes: [] },
    ])
  })

  it('points to line and column of what is wrong', () => {
    const parsed = parseToolsFile('scopes:\n  mcp:issue:read:\n    class: raed\n    description: Read\n')
    expect(parsed).toMatchObject({
      ok: false,
      problems: [{ path: ['scopes', 'mcp:issue:read', 'class'], line: 3, column: 5 }],
    })
  })

  it('reports everything that is wrong at once', () => {
    const parsed = parseToolsFile({ scopes: { 'mcp:all': {} }, tools: { t: { scopes: ['nowhere'] } }, extra: 1 })
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.path.join('.'))).toEqual([
      'extra',
      'scopes.mcp:all',
      'scopes.mcp:all.description',
      'scopes.mcp:all.class',
      'tools.t.scopes.0',
    ])
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(typeof parseToolsFile(text).ok).toBe('boolean')
      }),
    )
  })

  it('refuses a bomb of aliases without expanding it', () => {
    const levels = Array.from({ length: 12 }, (_, n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(n === 0 ? 0 : 9)}x]`)
    expect(parseToolsFile(levels.join('\n')).ok).toBe(false)
  })
})

describe('a tools file is refused', () => {
  const scope = (fields: object): object => ({
    scopes: { 'mcp:issue:read': { class: 'read', description: 'x', ...fields } },
  })
  const named = (name: string): object => ({ scopes: { [name]: { class: 'read', description: 'x' } } })
  const two = (from: object, to: object): object => ({
    scopes: { 'a:from': { description: 'x', implies: ['a:to'], ...from }, 'a:to': { description: 'x', ...to } },
  })

  it.each([
    { why: 'it is empty', file: {} },
    { why: 'it is a list', file: [] },
    { why: 'a scope has an unknown key', file: scope({ clas: 'read' }) },
    { why: 'a scope has no class', file: { scopes: { 'mcp:issue:read': { description: 'x' } } } },
    { why: 'a class is a name of the prototype', file: scope({ class: 'constructor' }) },
    { why: 'a scope has no description', file: { scopes: { 'mcp:issue:read': { class: 'read' } } } },
    { why: 'a description hides text by bidi control', file: scope({ description: 'Read \u202eissues' }) },
    { why: 'a read scope lasts no known time', file: scope({ longest: 'forever' }) },
    { why: 'external-network is lengthened', file: scope({ class: 'external-network', longest: 'until_revoked' }) },
    { why: 'destructive is lengthened', file: scope({ class: 'destructive', longest: 'session' }) },
    { why: 'a scope implies an undefined one', file: scope({ implies: ['mcp:nothing:read'] }) },
    { why: 'a scope implies itself', file: scope({ implies: ['mcp:issue:read'] }) },
    { why: 'scopes imply each other', file: two({ class: 'read' }, { class: 'read', implies: ['a:from'] }) },
    { why: 'a mild scope implies a severe one', file: two({ class: 'read' }, { class: 'write' }) },
    {
      why: 'a long scope implies a short one',
      file: two({ class: 'write', longest: 'until_revoked' }, { class: 'write' }),
    },
    { why: 'a scope has a space', file: named('mcp issue') },
    { why: 'a scope has a quote', file: named('mcp:"issue"') },
    { why: 'a scope has a line break', file: named('mcp:issue\r\nX: y') },
    { why: 'a scope is too long', file: named(`mcp:${'a'.repeat(200)}:read`) },
    { why: 'a scope is offline_access', file: named('offline_access') },
    { why: 'a scope is openid', file: named('openid') },
    { why: 'a scope is mcp:all', file: named('mcp:all') },
    { why: 'a scope is tools:*', file: named('tools:*') },
    { why: 'a scope is admin', file: named('admin') },
    { why: 'a scope is FULL', file: named('FULL') },
    { why: 'a scope ends in .any', file: named('mcp.issue.any') },
    { why: 'a scope ends in /everything', file: named('https://mcp.example.com/everything') },
    { why: 'a tool has neither class nor scope', file: { tools: { t: {} } } },
    { why: 'a tool has an unknown class', file: { tools: { t: { class: 'harmless' } } } },
    { why: 'a tool has an unknown key', file: { tools: { t: { class: 'read', scope: [] } } } },
    { why: 'a tool needs an undefined scope', file: { tools: { t: { class: 'read', scopes: ['mcp:issue:read'] } } } },
    {
      why: 'a tool is said to be milder than its scope',
      file: {
        scopes: { 'a:b': { class: 'write', description: 'x' } },
        tools: { t: { class: 'read', scopes: ['a:b'] } },
      },
    },
    { why: 'a tool name ends in a space', file: { tools: { 't ': { class: 'read' } } } },
    { why: 'a tool name has a zero-width character', file: { tools: { 'delete\u200b': { class: 'read' } } } },
    {
      why: 'a list names a scope twice',
      file: { ...scope({}), tools: { t: { scopes: ['mcp:issue:read', 'mcp:issue:read'] } } },
    },
    { why: 'it has two keys of one name', file: 'tools:\n  t: { class: read }\n  t: { class: admin }' },
    { why: 'it has a YAML tag', file: 'tools: !!js/function t' },
    { why: 'it is longer than its limit', file: `# ${'x'.repeat(1_100_000)}` },
    {
      why: 'it has too many scopes',
      file: {
        scopes: Object.fromEntries(
          Array.from({ length: 201 }, (_, n) => [`a:b${n}`, { class: 'read', description: 'x' }]),
        ),
      },
    },
  ])('when $why', ({ file }) => {
    const parsed = parseToolsFile(file)
    expect(parsed.ok ? [] : parsed.problems).not.toHaveLength(0)
  })

  it('but may narrow what a class allows, and may trust write until it is revoked', () => {
    expect(parseToolsFile(scope({ longest: 'once' })).ok).toBe(true)
    expect(parseToolsFile(scope({ class: 'write', longest: 'until_revoked' })).ok).toBe(true)
    expect(parseToolsFile(two({ class: 'admin' }, { class: 'read' })).ok).toBe(true)
  })
})
