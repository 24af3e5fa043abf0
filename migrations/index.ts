import type { Knex } from 'knex'
import * as first from './0001-first.ts'
import * as clientDocuments from './0002-client-documents.ts'
import * as exchange from './0003-exchange.ts'
import * as operations from './0004-operations.ts'
import * as narrowedGrants from './0005-narrowed-grants.ts'
import * as pushedRequests from './0006-pushed-requests.ts'
import * as registrations from './0007-registrations.ts'
import * as limits from './0008-limits.ts'
import * as passkeys from './0009-passkeys.ts'

/** One step of the database's history. */
export interface Migration {
  /** Recorded in the database; never with a file extension, so that sources and built files share one history. */
  readonly name: string
  readonly up: (knex: Knex) => Promise<void>
  readonly down: (knex: Knex) => Promise<void>
}

/** Every step in order. A step that was released is never edited: add the next one. */
export const migrations: readonly Migration[] = [
  { name: '0001-first', ...first },
  { name: '0002-client-documents', ...clientDocuments },
  { name: '0003-exchange', ...exchange },
  { name: '0004-operations', ...operations },
  { name: '0005-narrowed-grants', ...narrowedGrants },
  { name: '0006-pushed-requests', ...pushedRequests },
  { name: '0007-registrations', ...registrations },
  { name: '0008-limits', ...limits },
  { name: '0009-passkeys', ...passkeys },
]
