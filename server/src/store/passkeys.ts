import { ACR } from '../config/authentication-class.ts'
import { normaliseLogin } from './accounts.ts'
import { actId, timeOrderedId } from './audit-event.ts'
import { recordEvents } from './audit-events.ts'
import type { Database, Statement } from './database.ts'
import { ACCOUNT_HELD, holdAccount } from './parties.ts'
import { insertPresentations, type Presentation, UNSEEN } from './replays.ts'
import { combine, type Part } from './statement-builder.ts'

/** A key by which a person signs in, whose private part never leaves their authenticator. */
export interface Passkey {
  /** Ours, and in no way what the authenticator calls it. */
  readonly id: string
  readonly accountId: string
  /** base64url */
  readonly credentialId: string
  readonly name: string
  readonly transports: readonly string[]
  readonly createdAt: Date
  readonly lastUsedAt: Date | undefined
  /** When its counter went back: somebody may have a copy, and it proves nobody any more. */
  readonly suspendedAt: Date | undefined
}

export interface PasskeyForSignIn extends Passkey {
  /** COSE key. @see RFC 9052 §7 */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly isOfDisabledAccount: boolean
}

export interface NewPasskey {
  readonly accountId: string
  readonly credentialId: string
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly transports: readonly string[]
  readonly name: string
  /** Add it only while the account has no other that works: nothing stronger than a password said that this is its owner. */
  readonly onlyAsFirst: boolean
}

/** A challenge that was signed. */
export type SignedChallenge = Pick<Presentation, 'id' | 'secondsLeft'>

/** `counter`: it went back, and the passkey is suspended from now on. `gone`: it was removed or suspended meanwhile. */
export type PasskeyUse = 'used' | 'challenge-used' | 'counter' | 'gone'

/** `refused`: somebody has one of that name, there are too many, or there is a first one already. */
export type PasskeyAddition = 'added' | 'challenge-used' | 'refused'

/** Nobody has more devices; each is sent to the browser when another is added. */
export const PASSKEYS_MAX = 20

export interface Passkeys {
  /** Oldest first. */
  list(accountId: string): Promise<readonly Passkey[]>
  /** @returns undefined when there is no such login */
  listOf(login: string): Promise<readonly Passkey[] | undefined>
  find(credentialId: string): Promise<PasskeyForSignIn | undefined>
  /** Uses the challenge up and adds the passkey, in one statement. */
  add(passkey: NewPasskey, challenge: SignedChallenge, correlationId: string): Promise<PasskeyAddition>
  /** Uses the challenge up and moves the counter on, in one statement. @param counter as the authenticator said it */
  use(passkey: Passkey, counter: number, challenge: SignedChallenge, correlationId: string): Promise<PasskeyUse>
  /**
   * Removes passkeys and signs out every browser that was signed in by one.
   * @param which.id one of them; all when left out
   * @param which.exceptSession uid of a session that goes on
   * @returns how many were removed
   */
  remove(which: {
    readonly accountId: string
    readonly id?: string | undefined
    readonly exceptSession?: string
    readonly correlationId?: string
  }): Promise<number>
  /** The same for a person by login. @returns undefined when there is no such login */
  removeOf(login: string, id: string | undefined): Promise<number | undefined>
}

interface Row {
  [column: string]: unknown
  id: string
  account_id: string
  credential_id: Buffer
  name: string
  transports: string[]
  created_at: Date
  last_used_at: Date | null
  suspended_at: Date | null
}

const COLUMNS = `p.id, p.account_id, p.credential_id, p.name, p.transports, p.created_at, p.last_used_at, p.suspended_at`

const LIST: Statement = {
  name: 'passkey list',
  text: `SELECT ${COLUMNS} FROM passkeys p WHERE p.account_id = $1 ORDER BY p.created_at, p.id`,
}

const LIST_OF: Statement = {
  name: 'passkey list of',
  text: `SELECT ${COLUMNS} FROM accounts a LEFT JOIN passkeys p ON p.account_id = a.id WHERE a.login = $1
    ORDER BY p.created_at, p.id`,
}

const FIND: Statement = {
  name: 'passkey find',
  text: `SELECT ${COLUMNS}, p.public_key, a.disabled_at IS NOT NULL AS disabled
    FROM passkeys p JOIN accounts a ON a.id = p.account_id WHERE p.credential_id = $1`,
}

const SIGN_OUT = `DELETE FROM sessions WHERE account_id = $1 AND payload->>'acr' = '${ACR.passkey}'
  AND uid IS DISTINCT FROM $2::text`

const REMOVE: Statement = {
  name: 'passkey remove',
  text: `WITH gone AS (DELETE FROM passkeys WHERE account_id = $1 AND ($3::text IS NULL OR id = $3) RETURNING id, account_id),
    signed_out AS (${SIGN_OUT} AND EXISTS (SELECT 1 FROM gone)),
    recorded AS (INSERT INTO audit_events (id, at, type, outcome, correlation_id, account_id, detail)
      SELECT gen_random_uuid(), now(), 'passkey.removed', 'allowed', $4::text, account_id, jsonb_build_object('passkey', id)
        FROM gone)
    SELECT id FROM gone`,
}

// A sign-in that was being written while the passkey was removed is not seen by that statement. It holds a lock on the passkey
// until it is written, so that this one, which comes after, sees all there can be.
const SIGN_OUT_AFTER: Statement = { name: 'passkey sign out after', text: `${SIGN_OUT} RETURNING uid` }

const OWNER: Statement = { name: 'passkey owner', text: 'SELECT id FROM accounts WHERE login = $1' }

export function createPasskeys(database: Database): Passkeys {
  const remove: Passkeys['remove'] = async ({ accountId, id, exceptSession, correlationId = actId() }) => {
    const gone = await database.write(REMOVE, [accountId, exceptSession ?? null, id ?? null, correlationId])
    if (gone.length > 0) await database.write(SIGN_OUT_AFTER, [accountId, exceptSession ?? null])
    return gone.length
  }
  return {
    remove,
    async removeOf(login, id) {
      const [owner] = await database.read<{ id: string }>(OWNER, [normaliseLogin(login)])
      return owner && remove({ accountId: owner.id, id })
    },
    async list(accountId) {
      return (await database.read<Row>(LIST, [accountId])).map(passkeyOf)
    },
    async listOf(login) {
      const rows = await database.read<Row & { id: string | null }>(LIST_OF, [normaliseLogin(login)])
      if (rows.length === 0) return undefined
      return rows.filter((row): row is Row => row.id !== null).map(passkeyOf)
    },
    async find(credentialId) {
      type FoundRow = Row & { public_key: Buffer; disabled: boolean }
      const [row] = await database.read<FoundRow>(FIND, [Buffer.from(credentialId, 'base64url')])
      if (row === undefined) return undefined
      return { ...passkeyOf(row), publicKey: Uint8Array.from(row.public_key), isOfDisabledAccount: row.disabled }
    },
    async add(passkey, challenge, correlationId) {
      const id = timeOrderedId(Date.now())
      const event = {
        type: 'passkey.added',
        outcome: 'allowed',
        accountId: passkey.accountId,
        detail: { passkey: id },
      } as const
      const parts = [
        ...insertPresentations([presentation(challenge)]),
        holdAccount(passkey.accountId),
        insertPasskey(id, passkey),
      ]
      const { statement, values } = combine(
        [...parts, recordEvents([event], correlationId, 'added')],
        `SELECT EXISTS (SELECT 1 FROM ${UNSEEN}) AS unseen, EXISTS (SELECT 1 FROM added) AS added`,
      )
      const [row] = await database.write<{ unseen: boolean; added: boolean }>(statement, values)
      if (row?.unseen !== true) return 'challenge-used'
      return row.added ? 'added' : 'refused'
    },
    async use({ id, accountId }, counter, challenge, correlationId) {
      const detail = { passkey: id }
      const event = { type: 'passkey.suspended', outcome: 'refused', code: CLONED_CODE, accountId, detail } as const
      const suspended: Part = { name: 'suspended', sql: () => 'SELECT 1 AS suspended FROM counted WHERE NOT advanced' }
      const { statement, values } = combine(
        [
          ...insertPresentations([presentation(challenge)]),
          countUse(id, counter),
          suspended,
          recordEvents([event], correlationId, 'suspended'),
        ],
        `SELECT EXISTS (SELECT 1 FROM ${UNSEEN}) AS unseen, (SELECT advanced FROM counted) AS advanced`,
      )
      const [row] = await database.write<{ unseen: boolean; advanced: boolean | null }>(statement, values)
      if (row?.unseen !== true) return 'challenge-used'
      if (row.advanced === null) return 'gone'
      return row.advanced ? 'used' : 'counter'
    },
  }
}

/** Our code of a passkey whose counter went back, in the audit and in the log. */
export const CLONED_CODE = 'SALLYPORT_E_PASSKEY_COPIED'

function presentation(challenge: SignedChallenge): Presentation {
  return { kind: 'passkey-challenge', ...challenge }
}

/** Follows `holdAccount`: nobody adds to an account that is being disabled. */
function insertPasskey(id: string, passkey: NewPasskey): Part {
  const { credentialId, publicKey, counter, transports, name, onlyAsFirst } = passkey
  return {
    name: 'added',
    sql: (place) => `INSERT INTO passkeys
        (id, account_id, credential_id, public_key, counter, transports, name, created_at)
      SELECT ${place(id)}::text, owner.id, ${place(Buffer.from(credentialId, 'base64url'))}::bytea,
             ${place(Buffer.from(publicKey))}::bytea, ${place(counter)}::bigint,
             ${place(JSON.stringify(transports))}::jsonb, ${place(name)}::text, now()
        FROM ${ACCOUNT_HELD} owner
       WHERE EXISTS (SELECT 1 FROM ${UNSEEN})
         AND (SELECT count(*) FROM passkeys p WHERE p.account_id = owner.id) < ${place(PASSKEYS_MAX)}::int
         AND NOT (${place(onlyAsFirst)}::boolean AND EXISTS (
           SELECT 1 FROM passkeys p WHERE p.account_id = owner.id AND p.suspended_at IS NULL))
      ON CONFLICT (credential_id) DO NOTHING RETURNING id`,
  }
}

/**
 * Whether the counter moved on is decided on the row as it is when it is locked. An authenticator that counts nothing says 0.
 * @see Web Authentication Level 3 §6.1.1, §7.2 step 22
 */
function countUse(id: string, counter: number): Part {
  return {
    name: 'counted',
    sql: (place) => {
      const now = `${place(counter)}::bigint`
      const advances = `(counter < ${now} OR (counter = 0 AND ${now} = 0))`
      return `UPDATE passkeys SET counter = greatest(counter, ${now}),
          last_used_at = CASE WHEN ${advances} THEN now() ELSE last_used_at END,
          suspended_at = CASE WHEN ${advances} THEN NULL ELSE now() END
        WHERE id = ${place(id)} AND suspended_at IS NULL AND EXISTS (SELECT 1 FROM ${UNSEEN})
        RETURNING suspended_at IS NULL AS advanced`
    },
  }
}

function passkeyOf(row: Row): Passkey {
  return {
    id: row.id,
    accountId: row.account_id,
    credentialId: row.credential_id.toString('base64url'),
    name: row.name,
    transports: row.transports,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
    suspendedAt: row.suspended_at ?? undefined,
  }
}
