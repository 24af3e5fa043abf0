import { Client } from 'pg'

const SCHEMA = 'watch'

/**
 * Has a database count each row of each table that is written, changed or removed: by sequences, which count past the end of a
 * transaction and in nobody's way, as no table would.
 */
export const COUNT_ROWS = `
  CREATE SCHEMA ${SCHEMA};
  CREATE FUNCTION ${SCHEMA}.count_row() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM nextval(format('${SCHEMA}.%I', TG_TABLE_NAME)::regclass); RETURN NULL; END $$;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('CREATE SEQUENCE ${SCHEMA}.%I', name);
      EXECUTE format('CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON public.%I
        FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.count_row()', name);
    END LOOP;
  END $$`

const COUNTS = `SELECT sequencename AS table, coalesce(last_value, 0) AS rows FROM pg_sequences WHERE schemaname = '${SCHEMA}'`

/** How many rows were written, changed or removed in each table until now, one connection for all that ask. */
export interface TableCounts {
  /** @returns undefined where nobody counts, and while the database cannot be reached */
  read(): Promise<ReadonlyMap<string, number> | undefined>
  close(): Promise<void>
}

export function createTableCounts(databaseUrl: string): TableCounts {
  let connected: Promise<Client> | undefined
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: databaseUrl })
    // Whoever stops the database under test ends this connection, too.
    client.on('error', () => {
      connected = undefined
    })
    await client.connect()
    return client
  }
  return {
    async read() {
      connected ??= connect()
      try {
        const { rows } = await (await connected).query<{ table: string; rows: string }>(COUNTS)
        return rows.length === 0 ? undefined : new Map(rows.map((row) => [row.table, Number(row.rows)]))
      } catch {
        connected = undefined
        return undefined
      }
    },
    async close() {
      await (await connected?.catch(() => undefined))?.end()
    },
  }
}

/** @returns names of the tables in which something happened between two looks */
export function changedTables(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly string[] {
  return [...after].filter(([table, rows]) => rows !== before.get(table)).map(([table]) => table)
}
