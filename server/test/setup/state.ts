import pg from 'pg'
import type { TestServer } from './authorization-server.ts'

type Row = Readonly<Record<string, unknown>>

type Ask = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>

async function connected<Result>(databaseUrl: string, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return await work(async (text, values = []) => (await client.query<Row>(text, [...values])).rows)
  } finally {
    await client.end()
  }
}

/** Runs one statement on a connection of its own, beside the server. */
export function query(
  server: Pick<TestServer, 'databaseUrl'>,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  return connected(server.databaseUrl, (ask) => ask(text, values))
}

/** Audit events in the order they happened, with the members tests ask for. */
export async function auditEvents(server: TestServer, type: string): Promise<readonly Row[]> {
  return query(
    server,
    `SELECT type, outcome, code, account_id, client_id, resource_uri, grant_id, detail FROM audit_events
      WHERE type = $1 ORDER BY at, id`,
    [type],
  )
}

const TIMES = {
  accounts: ['created_at'],
  identities: ['created_at', 'password_changed_at'],
  sessions: ['created_at', 'expires_at'],
  session_ids: ['expires_at'],
  consents: ['created_at', 'updated_at', 'withdrawn_at'],
  grants: ['created_at', 'last_used_at', 'expires_at', 'revoked_at', 'narrowed_at'],
  authorization_codes: ['expires_at', 'consumed_at'],
  refresh_tokens: ['expires_at', 'consumed_at'],
  replays: ['expires_at'],
  pushed_requests: ['expires_at', 'consumed_at'],
} as const

/** Lets time pass: everything the database holds becomes older by this much. Access tokens, which are nowhere, do not. */
export function passTime(server: TestServer, seconds: number): Promise<void> {
  return connected(server.databaseUrl, async (ask) => {
    for (const [table, columns] of Object.entries(TIMES)) {
      const moves = columns.map((column) => `${column} = ${column} - make_interval(secs => $1)`)
      await ask(`UPDATE ${table} SET ${moves.join(', ')}`, [seconds])
    }
    for (const table of ['consents', 'grants']) await movePermissions(ask, table, seconds)
  })
}

async function movePermissions(ask: Ask, table: string, seconds: number): Promise<void> {
  for (const { id, scopes } of await ask(`SELECT id, scopes FROM ${table}`)) {
    const moved = Object.entries(scopes as Record<string, { endsAt: number | null }>).map(([scope, permission]) => {
      const { endsAt } = permission
      return [scope, { ...permission, endsAt: endsAt === null ? null : endsAt - seconds }]
    })
    await ask(`UPDATE ${table} SET scopes = $2 WHERE id = $1`, [id, JSON.stringify(Object.fromEntries(moved))])
  }
}
