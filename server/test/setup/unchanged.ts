import type { TestServer } from './authorization-server.ts'
import { query } from './state.ts'

type Place = Pick<TestServer, 'databaseUrl'>

/** What a request may move whatever becomes of it: who asked how often, and who cleans up at the moment. */
const OF_EVERY_REQUEST = ['limits', 'leases']

const TABLES = `SELECT table_name AS name FROM information_schema.tables
  WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> ALL($1) ORDER BY table_name`

/** How many rows each table holds, with a digest of all that is in them. */
export async function tablesOf(server: Place): Promise<Readonly<Record<string, unknown>>> {
  const tables = await query(server, TABLES, [OF_EVERY_REQUEST])
  const looks = tables.map(({ name }) => {
    const rows = `SELECT count(*) || ' rows ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM "${name}" t`
    return `(${rows}) AS "${name}"`
  })
  const [found] = await query(server, `SELECT ${looks.join(', ')}`)
  return found ?? {}
}
