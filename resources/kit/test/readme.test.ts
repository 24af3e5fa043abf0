import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseToolsFile } from '@sallyport/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const MODULES = join(ROOT, 'node_modules')

/** What the page takes as given: what the reader's own server has. */
const GIVEN: Readonly<Record<string, string>> = {
  guard: "import('@sallyport/resource').Guard",
  handler: "import('@modelcontextprotocol/server').McpHttpHandler",
  server: "import('@modelcontextprotocol/sdk/server/mcp.js').McpServer",
  server2: "import('@modelcontextprotocol/server').McpServer",
  authInfo: "import('@sallyport/resource').AuthInfo",
}

let folder: string
let text: string

beforeAll(async () => {
  text = await readFile(join(ROOT, 'resources/kit/README.md'), 'utf8')
  folder = await mkdtemp(join(tmpdir(), 'sallyport-readme-'))
  await symlink(MODULES, join(folder, 'node_modules'))
  await cp(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const blocksOf = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((match) => match[1] ?? '')

/** A module of its own for each example, with what it takes as given declared and not made. */
function moduleOf(block: string): string {
  const missing = Object.entries(GIVEN).filter(
    ([name]) => new RegExp(`\\b${name}\\b`).test(block) && !new RegExp(`const ${name}\\b`).test(block),
  )
  return [...missing.map(([name, type]) => `declare const ${name}: ${type}`), block, 'export {}'].join('\n')
}

describe("the kit's page", () => {
  it('shows only code that compiles', async () => {
    const blocks = blocksOf('ts')
    expect(blocks.length).toBeGreaterThan(8)
    await Promise.all(blocks.map((block, at) => writeFile(join(folder, `example-${at}.mts`), moduleOf(block))))
    // As most servers are set up: strict, without the flag that tells a missing property from an undefined one.
    const compilerOptions = {
      noEmit: true,
      exactOptionalPropertyTypes: false,
      noUnusedLocals: false,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
    }
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: './tsconfig.base.json', compilerOptions, include: ['*.mts'] }),
    )
    const compiled = await promisify(execFile)(join(MODULES, '.bin/tsc'), ['-p', folder]).catch(
      (error: unknown) => error,
    )
    expect(compiled).toMatchObject({ stdout: '' })
  })

  it('shows a tools file that is one', () => {
    const [toolsFile = ''] = blocksOf('yaml')
    const parsed = parseToolsFile(toolsFile)
    expect(parsed).toMatchObject({ ok: true })
  })

  it('names every entry point and every option', async () => {
    const { exports }: { exports: object } = JSON.parse(
      await readFile(join(ROOT, 'resources/kit/package.json'), 'utf8'),
    )
    for (const entry of Object.keys(exports)) expect(text).toContain(`@sallyport/resource${entry.slice(1)}'`)
    const options = await readFile(join(ROOT, 'resources/kit/src/protect-options.ts'), 'utf8')
    const declared = options.slice(
      options.indexOf('interface ProtectOptions'),
      options.indexOf('interface ProtectSettings'),
    )
    const names = [...declared.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1] ?? '')
    expect(names).toContain('legacy')
    expect(names.filter((name) => !new RegExp(`^\\| .*\`${name}\`.* \\|`, 'm').test(text))).toEqual([])
  })
})
