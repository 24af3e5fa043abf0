import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = new URL('../..', import.meta.url).pathname

const REFUSED = [
  { path: 'resources/policy/src/a.ts', specifier: 'jose' },
  { path: 'resources/policy/src/b.ts', specifier: 'node:fs' },
  { path: 'resources/policy/src/c.ts', specifier: '../../kit/src/index.ts' },
  { path: 'resources/kit/src/a.ts', specifier: 'express' },
  { path: 'resources/kit/src/b.ts', specifier: '@sallyport/server' },
  { path: 'resources/kit/src/c.ts', specifier: '@modelcontextprotocol/sdk/server/mcp.js' },
  { path: 'server/src/config/a.ts', specifier: '../store/index.ts' },
  { path: 'server/src/store/a.ts', specifier: '../provider/index.ts' },
  { path: 'server/src/store/b.ts', specifier: 'koa' },
  { path: 'server/src/keys/a.ts', specifier: 'pg' },
  { path: 'server/src/provider/a.ts', specifier: '../http/index.ts' },
  { path: 'server/src/provider/b.ts', specifier: 'oidc-provider/lib/helpers/grants.js' },
  { path: 'server/src/provider/c.ts', specifier: 'koa' },
  { path: 'server/src/http/a.ts', specifier: '../provider/index.ts' },
  { path: 'server/src/http/pages/b.ts', specifier: '../../provider/index.ts' },
  { path: 'server/src/cli/a.ts', specifier: 'oidc-provider' },
  { path: 'server/src/cli/b.ts', specifier: '@modelcontextprotocol/sdk/server/mcp.js' },
  { path: 'server/src/dev/a.ts', specifier: 'pg' },
]

const ALLOWED = [
  { path: 'resources/policy/src/d.ts', specifier: 'yaml' },
  { path: 'resources/kit/src/d.ts', specifier: '@sallyport/policy' },
  { path: 'resources/kit/src/e.ts', specifier: 'node:fs/promises' },
  { path: 'server/src/store/c.ts', specifier: 'pg' },
  { path: 'server/src/store/d.ts', specifier: '../config/secret.ts' },
  { path: 'server/src/provider/d.ts', specifier: 'oidc-provider' },
  { path: 'server/src/provider/internals.ts', specifier: 'oidc-provider/lib/helpers/grants.js' },
  { path: 'server/src/http/c.ts', specifier: 'koa' },
  { path: 'server/src/http/pages/d.ts', specifier: '../../config/settings.ts' },
  { path: 'server/src/app.ts', specifier: './provider/index.ts' },
  { path: 'server/src/dev/b.ts', specifier: 'express' },
]

let folder = ''
let marked: readonly string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'editor-lint-'))
  await copyFile(`${root}biome.json`, join(folder, 'biome.json'))
  for (const { path, specifier } of [...REFUSED, ...ALLOWED]) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), `import { a } from '${specifier}'\n\nconsole.log(a)\n`)
  }
  const report = await lint(folder)
  marked = [...report.matchAll(/^(\S+):1:\d+ lint\/style\/noRestrictedImports/gm)].map((match) => match[1] ?? '')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function lint(cwd: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--only=style/noRestrictedImports', '.']
  execFile(`${root}node_modules/.bin/biome`, args, { cwd }, (_error, stdout, stderr) => resolve(stdout + stderr))
  return promise
}

describe('an editor with Biome', () => {
  it.each(REFUSED)('marks $specifier in $path', ({ path }) => {
    expect(marked).toContain(path)
  })

  it.each(ALLOWED)('does not mark $specifier in $path', ({ path }) => {
    expect(marked).not.toContain(path)
  })
})
