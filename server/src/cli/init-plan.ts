import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { settingsTemplate } from './settings-template.ts'

export const SETTINGS_FILE = 'sallyport.yaml'
/** Beside the settings file; for this user alone. */
export const SECRETS_FOLDER = 'secrets'

/** AES-256 takes exactly this many; a cookie key of the same length is beyond guessing too. */
const KEY_BYTES = 32
/** 192 bits, in letters that a URL takes as they are. */
const PASSWORD_BYTES = 24

/** Role and database that the generated URL names, and that `docker-compose.yml` makes. */
const DATABASE_NAME = 'sallyport'

/** What `sallyport init` was told. */
export interface InitAnswers {
  readonly issuer: string
  /** Host, or host:port, of the PostgreSQL that the generated URL names. */
  readonly databaseHost: string
  /** A file that holds the URL of a PostgreSQL; nothing about the database is generated then. */
  readonly databaseUrlFile: string | undefined
  readonly trustedProxies: readonly string[]
}

/** One file to be written. */
export interface PlannedFile {
  /** From the folder that is initialised. */
  readonly path: string
  readonly text: string
}

export interface InitPlan {
  /** For the secrets folder; each begins with its name. */
  readonly secrets: readonly PlannedFile[]
  readonly settings: PlannedFile
}

/**
 * Makes fresh secrets and the settings that name their files. Writes nothing.
 * @param cwd absolute folder that `databaseUrlFile` starts from
 */
export function planInit(answers: InitAnswers, cwd: string): InitPlan {
  const { issuer, databaseHost, databaseUrlFile, trustedProxies } = answers
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  const databaseUrl = `postgres://${DATABASE_NAME}:${password}@${databaseHost}/${DATABASE_NAME}`
  const keys = [secretFile('encryption-keys', freshKey()), secretFile('cookie-keys', freshKey())]
  const database = [secretFile('database-password', password), secretFile('database-url', databaseUrl)]
  const settings = settingsTemplate({
    issuer,
    databaseUrlFile:
      databaseUrlFile === undefined ? join(SECRETS_FOLDER, 'database-url') : resolve(cwd, databaseUrlFile),
    ...(trustedProxies.length === 0 ? {} : { trustedProxies }),
    encryptionKeysFile: join(SECRETS_FOLDER, 'encryption-keys'),
    cookieKeysFile: join(SECRETS_FOLDER, 'cookie-keys'),
  })
  return {
    secrets: databaseUrlFile === undefined ? [...keys, ...database] : keys,
    settings: { path: SETTINGS_FILE, text: settings },
  }
}

const freshKey = (): string => randomBytes(KEY_BYTES).toString('base64')

function secretFile(name: string, value: string): PlannedFile {
  return { path: join(SECRETS_FOLDER, name), text: `${value}\n` }
}
