import type { Database, Statement } from './database.ts'

/** A sealed value, and what it is bound to. */
export interface SealedTableRow {
  readonly context: {
    readonly purpose: 'signing-key' | 'interaction'
    readonly table: string
    readonly rowId: string
  }
  readonly sealed: Buffer
}

/** Every table with a column `sealed`: what a value there is sealed for, and its key, as a name and back. */
const TABLES = [
  { table: 'signing_keys', purpose: 'signing-key', key: 'kid', name: 'kid', place: '$1::text' },
  {
    table: 'interactions',
    purpose: 'interaction',
    key: 'id_hash',
    name: "encode(id_hash, 'hex')",
    place: "decode($1, 'hex')",
  },
] as const

type SealedTable = (typeof TABLES)[number]

// Some hundred kilobytes at most.
const PAGE_ROWS = 100

/** All that is sealed at rest, whatever it is. */
export function createSealedTables(database: Database) {
  return {
    async *pages(): AsyncGenerator<readonly SealedTableRow[]> {
      for (const sealedTable of TABLES) {
        const { table, purpose } = sealedTable
        const statement = pageStatement(sealedTable)
        for (let after = ''; ; ) {
          const rows = await database.read<{ id: string; sealed: Buffer }>(statement, [after])
          const last = rows.at(-1)
          if (last === undefined) break
          yield rows.map((row) => ({ context: { purpose, table, rowId: row.id }, sealed: row.sealed }))
          after = last.id
        }
      }
    },
    /** @returns false when the value that was read is no longer there */
    async replace({ context, sealed: before }: SealedTableRow, sealed: Buffer): Promise<boolean> {
      const known = TABLES.find(({ table }) => table === context.table)
      if (known === undefined) throw new RangeError(`${context.table} holds nothing sealed`)
      const rows = await database.write(replaceStatement(known), [context.rowId, before, sealed])
      return rows.length > 0
    },
  }
}

function pageStatement({ table, key, name, place }: SealedTable): Statement {
  return {
    name: `sealed page ${table}`,
    text: `SELECT ${name} AS id, sealed FROM ${table} WHERE ${key} > ${place} ORDER BY ${key} LIMIT ${PAGE_ROWS}`,
  }
}

function replaceStatement({ table, key, place }: SealedTable): Statement {
  return {
    name: `sealed replace ${table}`,
    text: `UPDATE ${table} SET sealed = $3 WHERE ${key} = ${place} AND sealed = $2 RETURNING 1 AS replaced`,
  }
}
