import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { isRecord } from '../mcp/json-rpc.ts'
import type { OAuthClient } from '../oauth/authorization-server.ts'
import { readClient, writeClient } from './client-file.ts'

/** A login that can be used again without the person. */
export interface StoredLogin {
  readonly issuer: string
  readonly resource: string
  /** How the person signed in: `form:alice`, `browser`, `device`. */
  readonly login: string
  readonly client: OAuthClient
  /** Whether the examiner registered the client itself. */
  readonly isRegistered: boolean
  readonly refreshToken: string
  readonly scopes: readonly string[]
}

export type LoginKey = Pick<StoredLogin, 'issuer' | 'resource' | 'login'> & {
  /** Undefined for whichever client the examiner registered. */
  readonly clientId: string | undefined
}

/** Logins of this user on this machine. */
export interface LoginStore {
  /** Where they are. */
  readonly path: string
  all(): Promise<readonly StoredLogin[]>
  find(key: LoginKey): Promise<StoredLogin | undefined>
  /** Keeps a login in the place of the one with the same key. */
  keep(login: StoredLogin): Promise<void>
  forget(login: StoredLogin): Promise<void>
}

/** The stored logins cannot be used as they are. */
export class LoginStoreError extends Error {
  override readonly name = 'LoginStoreError'
}

/** Runs at several servers at a time keep their logins one after the other, by file. */
const turns = new Map<string, Promise<unknown>>()

function inTurn(path: string, work: () => Promise<void>): Promise<void> {
  const turn = (turns.get(path) ?? Promise.resolve()).then(work, work)
  turns.set(path, turn)
  return turn
}

const ONLY_MINE = 0o600
const FOLDER_ONLY_MINE = 0o700

/** The folder of this user's settings. */
export function configFolder(environment: Readonly<Record<string, string | undefined>>, platform: string): string {
  const { APPDATA, XDG_CONFIG_HOME, HOME = homedir() } = environment
  const base = platform === 'win32' && APPDATA !== undefined ? APPDATA : XDG_CONFIG_HOME || join(HOME, '.config')
  return join(base, 'sallyport-examine')
}

/** @param folder made when the first login is kept */
export function createLoginStore(folder: string, platform: string = process.platform): LoginStore {
  const path = join(folder, 'logins.json')
  const all = (): Promise<readonly StoredLogin[]> => readLogins(path, platform)
  const replace = (login: StoredLogin, by: readonly StoredLogin[]): Promise<void> =>
    inTurn(path, async () => {
      const others = (await all()).filter((other) => !isSame(other, login))
      await writeLogins(path, [...others, ...by])
    })
  return {
    path,
    all,
    async find(key) {
      return (await all()).find((login) => isMeant(login, key))
    },
    keep: (login) => replace(login, [login]),
    forget: (login) => replace(login, []),
  }
}

function isMeant({ issuer, resource, login, client, isRegistered }: StoredLogin, key: LoginKey): boolean {
  const sameClient = key.clientId === undefined ? isRegistered : key.clientId === client.clientId
  return sameClient && issuer === key.issuer && resource === key.resource && login === key.login
}

/** Of the clients that the examiner registered one is kept, the last. */
function isSame(one: StoredLogin, other: StoredLogin): boolean {
  return isMeant(one, { ...other, clientId: other.isRegistered ? undefined : other.client.clientId })
}

/** @throws LoginStoreError */
async function readLogins(path: string, platform: string): Promise<readonly StoredLogin[]> {
  const text = await readOwn(path, platform)
  if (text === undefined) return []
  const logins = parse(text)
  if (!isRecord(logins) || !Array.isArray(logins.logins)) {
    throw new LoginStoreError(`${path} is no file of stored logins; delete it to begin anew`)
  }
  return logins.logins.flatMap(readLogin)
}

/** @throws LoginStoreError for a file that others can read: its tokens are not this user's alone any more */
async function readOwn(path: string, platform: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path)
    if (platform !== 'win32' && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8)
      throw new LoginStoreError(
        `${path} has mode ${octal}, so others can read its tokens: make it 600, or delete it and sign in again`,
      )
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Written beside and moved into its place: whoever reads at that moment sees the old or the new one whole. */
async function writeLogins(path: string, logins: readonly StoredLogin[]): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: FOLDER_ONLY_MINE })
  await chmod(folder, FOLDER_ONLY_MINE)
  const written = logins.map(({ client, ...rest }) => ({ ...rest, client: writeClient(client) }))
  const beside = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await writeFile(beside, `${JSON.stringify({ logins: written }, null, 2)}\n`, { mode: ONLY_MINE, flag: 'wx' })
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

function readLogin(value: unknown): readonly StoredLogin[] {
  if (!isRecord(value)) return []
  const { issuer, resource, login, isRegistered, refreshToken, scopes } = value
  const client = readClient(value.client)
  const texts = [issuer, resource, login, refreshToken]
  if (client === undefined || !texts.every((text) => typeof text === 'string')) return []
  return [
    {
      issuer: String(issuer),
      resource: String(resource),
      login: String(login),
      refreshToken: String(refreshToken),
      isRegistered: isRegistered === true,
      scopes: Array.isArray(scopes) ? scopes.map(String) : [],
      client,
    },
  ]
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
