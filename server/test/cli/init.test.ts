import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeSettings } from '../../src/config/setting-reference.ts'
import { run } from './fake-terminal.ts'

const ISSUER = 'https://auth.example.com'
const SECRETS = ['cookie-keys', 'database-password', 'database-url', 'encryption-keys']
const TOOLS =
  'scopes:\n  mcp:issue:read: { class: read, description: Read issues }\ntools:\n  issue_read: { scopes: ["mcp:issue:read"] }\n'

let root = ''
let folder = ''
let made = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'init-'))
})
beforeEach(async () => {
  made += 1
  folder = join(root, String(made))
  await mkdir(folder)
})
afterAll(() => rm(root, { recursive: true, force: true }))

const init = (args: readonly string[] = ['--issuer', ISSUER]) => run(['init', ...args], { cwd: folder })
const checkConfig = () => run(['check-config'], { cwd: folder })
const written = (name: string) => readFile(join(folder, name), 'utf8')
const modeOf = async (name: string) => (await stat(join(folder, name))).mode & 0o777

describe('sallyport init in an empty folder', () => {
  it('writes settings and secrets that serve would start with, without a question', async () => {
    const outcome = await init()
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining(`good for serve: issuer ${ISSUER}`) })
    expect(await readdir(folder)).toEqual(['sallyport.yaml', 'secrets'])
    expect(await readdir(join(folder, 'secrets'))).toEqual(SECRETS)
    expect(await checkConfig()).toMatchObject({ code: 0, stdout: expect.stringContaining('good for serve') })
  })

  it('keeps the secrets for this user alone, whatever the umask allows', async () => {
    const before = process.umask(0)
    try {
      await init()
    } finally {
      process.umask(before)
    }
    expect(await modeOf('secrets')).toBe(0o700)
    for (const name of SECRETS) expect(await modeOf(`secrets/${name}`), name).toBe(0o600)
  })

  it('shows no secret, neither in the settings nor on the terminal', async () => {
    const { stdout, stderr } = await init()
    const shown = stdout + stderr + (await written('sallyport.yaml'))
    for (const name of SECRETS) expect(shown.includes((await written(`secrets/${name}`)).trim()), name).toBe(false)
  })

  it('makes secrets that are new each time, and the password of the URL that of its file', async () => {
    await init()
    await init(['--issuer', ISSUER, '--dir', 'other'])
    for (const name of SECRETS)
      expect(await written(`secrets/${name}`), name).not.toBe(await written(`other/secrets/${name}`))
    const url = new URL((await written('secrets/database-url')).trim())
    expect(url.password).toBe((await written('secrets/database-password')).trim())
    expect(url).toMatchObject({ username: 'sallyport', host: 'postgres', pathname: '/sallyport' })
  })

  it('says the next commands, and as JSON the same and no secret', async () => {
    const { code, stdout } = await init(['--issuer', ISSUER, '--dir', 'etc', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      issuer: ISSUER,
      files: [
        'etc/sallyport.yaml',
        ...['encryption-keys', 'cookie-keys', 'database-password', 'database-url'].map((name) => `etc/secrets/${name}`),
      ],
      next: ['migrate', 'user add <login>', 'serve'].map((verb) => `sallyport ${verb} --config etc/sallyport.yaml`),
    })
  })

  it('takes the URL of a PostgreSQL from a file, and makes no password then', async () => {
    await writeFile(join(folder, 'url'), 'postgres://me@db.example.com/sallyport\n')
    expect(await init(['--issuer', ISSUER, '--database-url-file', 'url'])).toMatchObject({ code: 0 })
    expect(await readdir(join(folder, 'secrets'))).toEqual(['cookie-keys', 'encryption-keys'])
    expect(parse(await written('sallyport.yaml'))).toMatchObject({ databaseUrlFile: join(folder, 'url') })
  })

  it('writes the network of a proxy', async () => {
    await init(['--issuer', ISSUER, '--trusted-proxy', '10.0.0.0/8', '--trusted-proxy', '192.0.2.7'])
    expect(parse(await written('sallyport.yaml'))).toMatchObject({ trustedProxies: ['10.0.0.0/8', '192.0.2.7'] })
  })
})

describe('sallyport init where something is', () => {
  it.each(['sallyport.yaml', 'secrets'])('names %s, exits with 1 and touches nothing', async (name) => {
    await writeFile(join(folder, name), 'mine')
    const { code, stderr } = await init()
    expect(code).toBe(1)
    expect(stderr).toContain(`${join(folder, name)} is there already and is never written over`)
    expect(stderr).toContain('[SALLYPORT_E_REFUSED]')
    expect(await readdir(folder)).toEqual([name])
    expect(await written(name)).toBe('mine')
  })

  it('leaves the secrets of a first run as they are when it is run again', async () => {
    await init()
    const before = await Promise.all(SECRETS.map((name) => written(`secrets/${name}`)))
    expect(await init()).toMatchObject({ code: 1 })
    expect(await Promise.all(SECRETS.map((name) => written(`secrets/${name}`)))).toEqual(before)
  })

  it('lets one of two processes that begin at once write, and the other touch nothing', async () => {
    const program = new URL('../../bin/sallyport.js', import.meta.url).pathname
    const args = ['--conditions=@sallyport/source', program, 'init', '--issuer', ISSUER]
    const start = (): Promise<number> => {
      const { promise, resolve } = Promise.withResolvers<number>()
      execFile(process.execPath, args, { cwd: folder, env: { PATH: process.env.PATH } }).on('exit', (code) => {
        resolve(code ?? -1)
      })
      return promise
    }
    expect((await Promise.all([start(), start()])).toSorted()).toEqual([0, 1])
    expect(await checkConfig()).toMatchObject({ code: 0 })
    expect(await readdir(join(folder, 'secrets'))).toEqual(SECRETS)
    const url = new URL((await written('secrets/database-url')).trim())
    expect(url.password).toBe((await written('secrets/database-password')).trim())
  })

  it('says when the folder cannot be made', async () => {
    await writeFile(join(folder, 'file'), '')
    const { code, stderr } = await init(['--issuer', ISSUER, '--dir', 'file/inside'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/cannot be written \(E\w+\)/) })
  })
})

describe('the issuer of sallyport init', () => {
  it('is asked for at a terminal', async () => {
    const { code, stderr } = await run(['init'], { cwd: folder, typed: [`${ISSUER}\n`] })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Issuer (') })
    expect(parse(await written('sallyport.yaml'))).toMatchObject({ issuer: ISSUER })
  })

  it('is a usage error when it is missing and nobody can be asked', async () => {
    expect(await init([])).toMatchObject({ code: 2, stderr: expect.stringContaining('--issuer is missing') })
    expect(await readdir(folder)).toEqual([])
  })

  it.each([
    'http://auth.example.com',
    'http://127.0.0.1:9400',
    `${ISSUER}/`,
    'auth.example.com',
    'https://Auth.example.com',
  ])('is refused as %s before anything is written', async (issuer) => {
    expect(await init(['--issuer', issuer])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the issuer must'),
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('cannot bring further settings along, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (rest) => {
        const outcome = await init(['--dir', 'any', `--issuer=${ISSUER}/${rest}`])
        if (outcome.code === 0) {
          const { issuer, ...others } = parse(await written('any/sallyport.yaml'))
          expect(issuer).toBe(`${ISSUER}/${rest}`)
          expect(Object.keys(others)).toEqual(['databaseUrlFile', 'encryptionKeysFile', 'cookieKeysFile'])
        }
        await rm(join(folder, 'any'), { recursive: true, force: true })
      }),
      { numRuns: 100 },
    )
  })
})

describe('what sallyport init was given beside the issuer', () => {
  it.each([
    { args: ['--trusted-proxy', '0.0.0.0/0'], says: 'would believe everyone' },
    { args: ['--database-url-file', 'missing'], says: 'does not exist' },
    { args: ['--database-host', 'db/other?sslmode=disable'], says: '--database-host is a host' },
  ])('is refused before anything is written: $args', async ({ args, says }) => {
    expect(await init(['--issuer', ISSUER, ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(says) })
    expect(await readdir(folder)).toEqual([])
  })

  it('is not mixed with the environment of the moment', async () => {
    const env = { SALLYPORT_ISSUER: 'http://nonsense', DATABASE_URL: 'nonsense' }
    expect(await run(['init', '--issuer', ISSUER], { cwd: folder, env })).toMatchObject({ code: 0 })
  })
})

describe('the settings file of sallyport init', () => {
  it('explains every setting that serve reads, in the words of the schema', async () => {
    await init()
    const raw = await written('sallyport.yaml')
    const unwrapped = raw.replaceAll(/\n[# ]*# (?=\S)/g, ' ')
    const shown = describeSettings().filter(
      ({ path, fileTwin }) => !/^(?:demo|dataDir)/.test(path) && fileTwin === undefined,
    )
    expect(shown.length).toBeGreaterThan(35)
    for (const { path, description } of shown) {
      expect(unwrapped, path).toContain(description)
      expect(raw, path).toMatch(new RegExp(`\\n[# -]*${path.split('.').at(-1)}:`))
    }
  })

  it('is still one that serve would start with when every line is taken in', async () => {
    await init()
    await writeFile(join(folder, 'issues.yaml'), TOOLS)
    const [preamble = '', ...blocks] = (await written('sallyport.yaml')).split('\n\n')
    const takenIn = blocks.map((block) => block.replaceAll(/^# (?=[a-zA-Z]+:|\s)/gm, ''))
    await writeFile(join(folder, 'sallyport.yaml'), [preamble, ...takenIn].join('\n\n'))
    expect(Object.keys(parse(await written('sallyport.yaml')))).toContain('lifetimes')
    expect(await checkConfig()).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('1 resource, 1 client'),
    })
  })
})
