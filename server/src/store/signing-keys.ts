import type { Database, Statement } from './database.ts'

/** The table behind `loadSigningKeys`. What lies in it is sealed before it comes here. */
export interface SigningKeyTable {
  /** Oldest first. */
  list(): Promise<readonly SigningKeyRow[]>
  /** Does nothing when another process added this generation first. */
  add(key: SigningKeyRow): Promise<void>
}

interface SigningKeyRow {
  readonly kid: string
  readonly generation: number
  readonly algorithm: string
  readonly sealed: Buffer
}

const LIST: Statement = {
  name: 'signing key list',
  text: 'SELECT kid, generation, algorithm, sealed FROM signing_keys ORDER BY generation',
}

const ADD: Statement = {
  name: 'signing key add',
  text: `INSERT INTO signing_keys (kid, generation, algorithm, sealed, created_at) VALUES ($1, $2, $3, $4, now())
    ON CONFLICT DO NOTHING`,
}

export function createSigningKeyTable(database: Database): SigningKeyTable {
  return {
    list: () => database.read<SigningKeyRow & Record<string, unknown>>(LIST, []),
    async add({ kid, generation, algorithm, sealed }) {
      await database.write(ADD, [kid, generation, algorithm, sealed])
    },
  }
}
