import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const MODULES = join(ROOT, 'node_modules')
const OWN = ['policy', 'kit'] as const
const FOREIGN = ['jose', 'yaml'] as const

/** A compiler and six runs of npm; on two busy cores they were seen to take a minute. */
const INSTALL_MILLISECONDS = 300_000

/** The most that a protected server installs; we are at four. */
const MOST_PACKAGES = 5

interface PackageJson {
  readonly name: string
  readonly dependencies?: Record<string, string>
  readonly exports?: Record<string, Record<string, string>>
}

let folder: string
let installed: string
let tarballs: { readonly path: string; readonly files: readonly string[] }[]

const execute = promisify(execFile)
const readJson = async (path: string): Promise<PackageJson> => JSON.parse(await readFile(path, 'utf8'))
const run = (program: string, args: readonly string[], cwd: string) => execute(program, args, { cwd })

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sallyport-install-')))
  installed = join(folder, 'server')
  await buildElsewhere()
  const built = OWN.map((name) => join(folder, 'resources', name))
  const copied = FOREIGN.map((name) => join(MODULES, name))
  tarballs = []
  for (const path of [...built, ...copied]) tarballs.push(await pack(path))
  await mkdir(installed)
  await writeFile(join(installed, 'package.json'), '{"name":"protected-server","private":true}')
  // Offline, with what these four packages are said to need and nothing else: a fifth one would not be found.
  const options = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--cache', join(folder, 'cache')]
  await run('npm', ['install', ...options, ...tarballs.map(({ path }) => path)], installed)
}, INSTALL_MILLISECONDS)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Builds as a release does, but not here: whoever works in this checkout keeps what was built. */
async function buildElsewhere(): Promise<void> {
  await cp(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
  for (const name of OWN) {
    const target = join(folder, 'resources', name)
    await mkdir(target, { recursive: true })
    for (const part of await readdir(join(ROOT, 'resources', name))) {
      if (part === 'dist' || part.endsWith('.tsbuildinfo')) continue
      await cp(join(ROOT, 'resources', name, part), join(target, part), { recursive: true })
    }
  }
  await mkdir(join(folder, 'node_modules/@sallyport'), { recursive: true })
  for (const name of [...FOREIGN, '@types', 'undici-types']) {
    await symlink(join(MODULES, name), join(folder, 'node_modules', name))
  }
  await symlink(join(folder, 'resources/policy'), join(folder, 'node_modules/@sallyport/policy'))
  await run(join(MODULES, '.bin/tsc'), ['-b', join(folder, 'resources/kit')], folder)
}

async function pack(path: string): Promise<{ path: string; files: string[] }> {
  const { stdout } = await run(
    'npm',
    ['pack', path, '--json', '--ignore-scripts', '--pack-destination', folder],
    folder,
  )
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout)
  if (packed === undefined) throw new Error(`npm pack ${path} said nothing`)
  return { path: join(folder, packed.filename), files: packed.files.map((file) => file.path) }
}

/** Every Node on this machine that the kit says it runs on, the one that runs these tests first. */
async function findNodes(): Promise<{ path: string; version: string }[]> {
  const nodes = new Map<string, string>()
  for (const place of [
    process.execPath,
    ...(process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'node')),
  ]) {
    const path = await realpath(place).catch(() => undefined)
    if (path === undefined) continue
    const version = (await run(path, ['-p', 'process.versions.node'], folder).catch(() => undefined))?.stdout.trim()
    const [major = 0, minor = 0] = (version ?? '').split('.').map(Number)
    if (version !== undefined && (major > 20 || (major === 20 && minor >= 19))) nodes.set(version, path)
  }
  return [...nodes].map(([version, path]) => ({ path, version }))
}

/** Every package in a folder, at any depth. */
async function packagesIn(modules: string): Promise<PackageJson[]> {
  const found: PackageJson[] = []
  for (const entry of await readdir(modules)) {
    if (entry.startsWith('.')) continue
    const path = join(modules, entry)
    if (entry.startsWith('@')) found.push(...(await packagesIn(path)))
    else {
      found.push(await readJson(join(path, 'package.json')))
      found.push(...(await packagesIn(join(path, 'node_modules')).catch(() => [])))
    }
  }
  return found
}

describe('the packed kit, installed in an empty folder', () => {
  it('brings four packages, five at most, none of which has another dependency', async () => {
    const packages = await packagesIn(join(installed, 'node_modules'))
    expect(packages.map(({ name }) => name).sort()).toEqual([
      '@sallyport/policy',
      '@sallyport/resource',
      'jose',
      'yaml',
    ])
    expect(packages.length).toBeLessThanOrEqual(MOST_PACKAGES)
    const names = new Set(packages.map(({ name }) => name))
    const needed = packages.flatMap(({ dependencies = {} }) => Object.keys(dependencies))
    expect(needed.filter((name) => !names.has(name))).toEqual([])
    for (const { name, dependencies = {} } of packages) {
      if (!name.startsWith('@sallyport/')) expect(dependencies).toEqual({})
    }
  })

  it('carries what was built, its README and nothing else', () => {
    for (const { files } of tarballs.slice(0, OWN.length)) {
      expect(files).toContain('README.md')
      expect(files).toContain('dist/index.js')
      expect(files.filter((file) => !/^(?:dist\/[^ ]+\.(?:js|d\.ts)|README\.md|package\.json)$/.test(file))).toEqual([])
    }
  })

  it('has each entry point, and each imports with no framework and no SDK there', async () => {
    const { exports = {} } = await readJson(join(installed, 'node_modules/@sallyport/resource/package.json'))
    const entries = Object.keys(exports).map((entry) => `@sallyport/resource${entry.slice(1)}`)
    expect(entries).toHaveLength(10)
    const names =
      'console.log(JSON.stringify(await Promise.all(entries.map(async (e) => Object.keys(await import(e))))))'
    const nodes = await findNodes()
    expect(nodes.length).toBeGreaterThan(0)
    for (const { path } of nodes) {
      const script = `const entries = ${JSON.stringify(entries)}; ${names}`
      const { stdout } = await run(path, ['--input-type=module', '--eval', script], installed)
      const exported: string[][] = JSON.parse(stdout)
      expect(exported.map((each) => each.length).every((count) => count > 0)).toBe(true)
    }
  })

  it('protects a server on every Node that is here, old ones included', async () => {
    const script = `
      import { protect } from '@sallyport/resource'
      import { createTestIssuer } from '@sallyport/resource/testing'
      import { createFetchHandler } from '@sallyport/resource/web'
      const t = await createTestIssuer()
      const resource = 'https://mcp.example.com/mcp'
      const guard = await protect({ issuer: t.issuer, fetch: t.fetch, resource, tools: { tools: { hello: { class: 'discovery' } } } })
      const handler = createFetchHandler(guard, (request, access) => Response.json({ sub: access.subject }))
      const authorization = 'Bearer ' + (await t.issueToken({ resource }))
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'hello' } })
      const send = async (headers) => (await handler(new Request(resource, { method: 'POST', headers, body })))
      console.log((await send({})).status, (await send({ authorization })).status, await (await send({ authorization })).text())`
    for (const { path } of await findNodes()) {
      const { stdout } = await run(path, ['--input-type=module', '--eval', script], installed)
      expect(stdout.trim()).toBe('401 200 {"sub":"alice"}')
    }
  })

  it('has types that need no framework either', async () => {
    const { exports = {} } = await readJson(join(installed, 'node_modules/@sallyport/resource/package.json'))
    const lines = Object.keys(exports).map(
      (entry, at) => `export * as e${at} from '@sallyport/resource${entry.slice(1)}'`,
    )
    await writeFile(join(installed, 'server.mts'), lines.join('\n'))
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--lib',
      'es2024,DOM,DOM.Iterable',
    ]
    const types = ['--types', 'node', '--typeRoots', join(MODULES, '@types')]
    await run(join(MODULES, '.bin/tsc'), [...options, ...types, 'server.mts'], installed)
  })
})
