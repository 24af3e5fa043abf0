import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configFolder, createLoginStore, type StoredLogin } from '../../src/live/login-store.ts'
import { runKept } from '../setup/kept-console.ts'

const LOGIN: StoredLogin = {
  issuer: 'https://as.example',
  resource: 'https://mcp.example/mcp',
  login: 'form:alice',
  client: {
    clientId: 'c1',
    redirectUri: 'http://127.0.0.1:8976/callback',
    authentication: { method: 'client_secret_post', secret: 's' },
  },
  isRegistered: false,
  refreshToken: 'r1',
  scopes: ['read'],
}
const KEY = { ...LOGIN, clientId: 'c1' }

describe('stored logins', () => {
  let folder: string
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'examine-store-')), 'sallyport-examine')
  })
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

  it('come back as they were, by issuer, client, resource and person', async () => {
    const store = createLoginStore(folder)
    await store.keep(LOGIN)
    expect(await store.find(KEY)).toEqual(LOGIN)
    for (const other of [{ issuer: 'https://b.example' }, { resource: 'x' }, { login: 'form:bob' }, { clientId: 'c2' }])
      expect(await store.find({ ...KEY, ...other })).toBeUndefined()
    // One that the examiner registered is looked for without a name, and this one was named.
    expect(await store.find({ ...KEY, clientId: undefined })).toBeUndefined()
  })

  it('take the place of the one before, and leave others alone', async () => {
    const store = createLoginStore(folder)
    await store.keep(LOGIN)
    await store.keep({ ...LOGIN, login: 'form:bob', refreshToken: 'b1' })
    await store.keep({ ...LOGIN, refreshToken: 'r2' })
    expect((await store.all()).map(({ refreshToken }) => refreshToken).sort()).toEqual(['b1', 'r2'])
    await store.forget(LOGIN)
    expect((await store.all()).map(({ refreshToken }) => refreshToken)).toEqual(['b1'])
  })

  it('of several runs at a time are all kept', async () => {
    const people = ['a', 'b', 'c', 'd'].map((name) => ({ ...LOGIN, login: `form:${name}` }))
    await Promise.all(people.map((login) => createLoginStore(folder).keep(login)))
    expect(await createLoginStore(folder).all()).toHaveLength(people.length)
  })

  it('are written whole: nothing else is left in the folder, and the mode is for their owner alone', async () => {
    const store = createLoginStore(folder)
    await store.keep(LOGIN)
    await store.keep({ ...LOGIN, refreshToken: 'r2' })
    expect(await readdir(folder)).toEqual(['logins.json'])
    if (process.platform !== 'win32') expect((await stat(store.path)).mode & 0o777).toBe(0o600)
  })

  it.skipIf(process.platform === 'win32')('of a file that others can read are refused with a sentence', async () => {
    const store = createLoginStore(folder)
    await store.keep(LOGIN)
    await chmod(store.path, 0o640)
    await expect(store.all()).rejects.toThrow(/mode 640, so others can read its tokens/)
    const environment = { XDG_CONFIG_HOME: join(folder, '..') }
    const { exitCode, err } = await runKept(['logout'], { environment })
    expect(exitCode).toBe(2)
    expect(err.join('')).toContain('make it 600')
  })

  it('that are no JSON are not thrown away', async () => {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'logins.json'), 'broken', { mode: 0o600 })
    const store = createLoginStore(folder)
    await expect(store.keep(LOGIN)).rejects.toThrow(/no file of stored logins/)
  })

  it('lie where programs of the platform keep their settings', () => {
    expect(configFolder({ XDG_CONFIG_HOME: '/x' }, 'linux')).toBe(join('/x', 'sallyport-examine'))
    expect(configFolder({ HOME: '/h' }, 'darwin')).toBe(join('/h', '.config', 'sallyport-examine'))
    expect(configFolder({ APPDATA: '/a', HOME: '/h' }, 'win32')).toBe(join('/a', 'sallyport-examine'))
  })
})
