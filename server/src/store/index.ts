import { type Accounts, createAccounts } from './accounts.ts'
import { type ClientDocuments, createClientDocuments } from './client-documents.ts'
import { type Clients, createClients } from './clients.ts'
import { type ConsentList, createConsentList } from './consent-list.ts'
import { type Consents, createConsents } from './consents.ts'
import { type Database, openDatabase } from './database.ts'
import { createInteractionRows, type InteractionRows } from './interactions.ts'
import { createLimits, type Limits } from './limits.ts'
import { createManagedClients, type ManagedClients } from './managed-clients.ts'
import type { StoreObserver } from './observer.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { createResourceRegistry, type ResourceRegistry } from './resource-registry.ts'
import { createResources, type Resources } from './resources.ts'
import { createRevocations, type Revocations } from './revocations.ts'
import { createSealedTables } from './sealed-tables.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSigningKeyTable, type SigningKeyTable } from './signing-keys.ts'

export { normaliseLogin } from './accounts.ts'
export { isMigrated, migrateDatabase } from './migrate.ts'

/** Everything a server keeps, by kind of thing. */
export interface Store {
  readonly database: Database
  readonly accounts: Accounts
  readonly passkeys: Passkeys
  readonly clients: Clients
  readonly managedClients: ManagedClients
  readonly clientDocuments: ClientDocuments
  readonly resources: Resources
  readonly registry: ResourceRegistry
  readonly sessions: Sessions
  readonly revocations: Revocations
  readonly consents: Consents
  readonly consentList: ConsentList
  readonly interactions: InteractionRows
  readonly limits: Limits
  readonly signingKeys: SigningKeyTable
  readonly sealedTables: ReturnType<typeof createSealedTables>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

const PING = { name: 'ping', text: 'SELECT 1 AS alive' }

/** Opens the store. No connection is made until the first statement; the database must be migrated. */
export function openStore(options: {
  databaseUrl: string
  poolSize: number
  log?: (message: string) => void
  observer?: StoreObserver
}): Store {
  const database = openDatabase(options)
  const resources = createResources(database)
  return {
    database,
    resources,
    registry: createResourceRegistry(resources, options.log),
    accounts: createAccounts(database),
    passkeys: createPasskeys(database),
    clients: createClients(database),
    managedClients: createManagedClients(database),
    clientDocuments: createClientDocuments(database),
    sessions: createSessions(database),
    revocations: createRevocations(database),
    consents: createConsents(database),
    consentList: createConsentList(database),
    interactions: createInteractionRows(database),
    limits: createLimits(database),
    signingKeys: createSigningKeyTable(database),
    sealedTables: createSealedTables(database),
    async ping() {
      await database.read(PING, [])
    },
    close: () => database.close(),
  }
}
