import { actId, timeOrderedId } from './audit-event.ts'
import { type Database, type Statement, sqlState, UNIQUE_VIOLATION } from './database.ts'
import { ENDED, endGrants, type RevocationReason, writeEnding } from './grants.ts'

/** A person of this server. How the person proves who it is are identities, one of which is a local password. */
export interface Account {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly createdAt: Date
  readonly disabledAt: Date | undefined
}

/** Issuer of the identities whose password is kept here. */
export const LOCAL_ISSUER = 'local'

export interface Accounts {
  add(account: {
    login: string
    name: string
    passwordHash: string
  }): Promise<{ ok: true; account: Account } | { ok: false; reason: 'login-taken' }>
  list(): Promise<readonly Account[]>
  /** The version changes with each password; what was proven with an older one counts no longer. */
  findForSignIn(login: string): Promise<{ account: Account; passwordHash: string; passwordVersion: string } | undefined>
  /** Ends the sessions and grants of the account; false when there is no such login. */
  setPasswordHash(login: string, passwordHash: string): Promise<boolean>
  /** Ends the sessions and grants of the account and removes its passkeys; false when there is no such login. */
  disable(login: string): Promise<boolean>
}

/** Columns of an account joined under these names. */
export interface AccountColumns {
  account_id: string | null
  login: string | null
  name: string | null
  created_at: Date | null
  disabled_at: Date | null
}

/** The account of a joined row, or undefined when the join found none. */
export function accountOf(row: AccountColumns): Account | undefined {
  if (row.account_id === null || row.login === null || row.name === null || row.created_at === null) return undefined
  return {
    id: row.account_id,
    login: row.login,
    name: row.name,
    createdAt: row.created_at,
    disabledAt: row.disabled_at ?? undefined,
  }
}

const ADD: Statement = {
  name: 'account add',
  text: `WITH added AS (INSERT INTO accounts (id, login, name, created_at) VALUES ($1, $2, $3, now())
      RETURNING id AS account_id, login, name, created_at, disabled_at),
    identified AS (INSERT INTO identities (issuer, subject, account_id, password_hash, created_at, password_changed_at)
      SELECT '${LOCAL_ISSUER}', login, account_id, $4, now(), now() FROM added)
    SELECT * FROM added`,
}

const LIST: Statement = {
  name: 'account list',
  text: 'SELECT id AS account_id, login, name, created_at, disabled_at FROM accounts ORDER BY login',
}

const FIND_FOR_SIGN_IN: Statement = {
  name: 'account find for sign-in',
  text: `SELECT a.id AS account_id, a.login, a.name, a.created_at, a.disabled_at, i.password_hash,
      extract(epoch FROM i.password_changed_at)::text AS password_version
    FROM identities i JOIN accounts a ON a.id = i.account_id
   WHERE i.issuer = '${LOCAL_ISSUER}' AND i.subject = $1 AND i.password_hash IS NOT NULL`,
}

// Whoever knew the old password may hold tokens: what hangs on the account ends with it.
const endEverything = (reason: RevocationReason, correlation: string): string => `signed_out AS (
    DELETE FROM sessions WHERE account_id IN (SELECT account_id FROM changed)),
  ${endGrants('account_id IN (SELECT account_id FROM changed)', reason, correlation)}
  SELECT account_id, ${ENDED} FROM changed`

const SET_PASSWORD: Statement = {
  name: 'account set password',
  text: `WITH changed AS (UPDATE identities SET password_hash = $2, password_changed_at = now()
      WHERE issuer = '${LOCAL_ISSUER}' AND subject = $1 RETURNING account_id), ${endEverything('password-changed', '$3')}`,
}

// A sign-in or authorization that was being written while the password changed is not seen by that statement. It holds a lock
// on the password or the session until it is written, so that this one, which comes after, sees all there can be.
const END_AFTER_PASSWORD: Statement = {
  name: 'account end after password',
  text: `WITH changed AS (SELECT account_id FROM identities WHERE issuer = '${LOCAL_ISSUER}' AND subject = $1),
    ${endEverything('password-changed', '$2')}`,
}

const DISABLE: Statement = {
  name: 'account disable',
  text: `WITH changed AS (UPDATE accounts SET disabled_at = coalesce(disabled_at, now()) WHERE login = $1
      RETURNING id AS account_id),
    without_passkeys AS (DELETE FROM passkeys WHERE account_id IN (SELECT account_id FROM changed)),
    ${endEverything('account-disabled', '$2')}`,
}

export function createAccounts(database: Database): Accounts {
  return {
    async add({ login, name, passwordHash }) {
      try {
        const values = [timeOrderedId(Date.now()), normaliseLogin(login), name, passwordHash]
        const [row] = await database.write<AccountColumns>(ADD, values)
        const account = row && accountOf(row)
        if (account === undefined) throw new Error('the account was not returned')
        return { ok: true, account }
      } catch (error) {
        if (sqlState(error) === UNIQUE_VIOLATION) return { ok: false, reason: 'login-taken' }
        throw error
      }
    },
    async list() {
      const rows = await database.read<AccountColumns>(LIST, [])
      return rows.map(accountOf).filter((account) => account !== undefined)
    },
    async findForSignIn(login) {
      type Row = AccountColumns & { password_hash: string; password_version: string }
      const [row] = await database.read<Row>(FIND_FOR_SIGN_IN, [normaliseLogin(login)])
      const account = row && accountOf(row)
      if (account === undefined || row === undefined) return undefined
      return { account, passwordHash: row.password_hash, passwordVersion: row.password_version }
    },
    async setPasswordHash(login, hash) {
      const subject = normaliseLogin(login)
      const changed = await writeEnding(database, 'password-changed', SET_PASSWORD, [subject, hash, actId()])
      if (changed.length === 0) return false
      await writeEnding(database, 'password-changed', END_AFTER_PASSWORD, [subject, actId()])
      return true
    },
    async disable(login) {
      const values = [normaliseLogin(login), actId()]
      if ((await writeEnding(database, 'account-disabled', DISABLE, values)).length === 0) return false
      // An authorization that was being written is not seen by that statement. It holds the account until it is written, so
      // that this one, which comes after, sees all there can be.
      await writeEnding(database, 'account-disabled', DISABLE, values)
      return true
    },
  }
}

/** Logins are compared without regard to case and to spaces around them, as people type them. */
export function normaliseLogin(login: string): string {
  return login.normalize('NFKC').trim().toLowerCase()
}
