import { actId } from './audit-event.ts'
import { withdrawConsents } from './consents.ts'
import type { Database, Statement } from './database.ts'
import { ENDED, endGrants, type RevocationReason, writeEnding } from './grants.ts'
import { clientIsThere, resourceIsThere } from './parties.ts'

const withoutClient = (table: string): string => `${table}.client_id = ANY($1::text[])
  AND NOT ${clientIsThere(`${table}.client_id`, `${table}.client_digest`)}`

const withoutResource = (table: string): string =>
  `${table}.resource_uri = ANY($1::text[]) AND NOT ${resourceIsThere(`${table}.resource_uri`)}`

const end = (orphaned: (table: string) => string): string => `WITH ${endGrants(orphaned('grants'), '$2', '$3')},
  ${withdrawConsents(orphaned('consents'))}
  SELECT ${ENDED}`

const END_WITHOUT_CLIENT: Statement = { name: 'orphans of clients end', text: end(withoutClient) }
const END_WITHOUT_RESOURCE: Statement = { name: 'orphans of resources end', text: end(withoutResource) }

/**
 * Ends grants and withdraws consents whose client is not there. Sent after a removal, because what was being written
 * meanwhile is not seen by the statement that removes: its writer holds the client until it is through, so that this
 * statement, which comes after, sees all there can be. Sent before a name is given again as well, so that whoever gets it
 * begins with nothing even where a process ended between a removal and its second look.
 * @param ids of those that may be gone; nothing happens to what hangs on one that is there
 * @param why.act id that the events of one act share
 */
export async function endWithoutClient(
  database: Database,
  ids: readonly string[],
  why: { reason: RevocationReason; act: string } = { reason: 'client-removed', act: actId() },
): Promise<void> {
  if (ids.length > 0) await writeEnding(database, why.reason, END_WITHOUT_CLIENT, [ids, why.reason, why.act])
}

/** The same of resources. @param uris identifiers of those that may be gone */
export async function endWithoutResource(
  database: Database,
  uris: readonly string[],
  act: string = actId(),
): Promise<void> {
  const reason = 'resource-removed'
  if (uris.length > 0) await writeEnding(database, reason, END_WITHOUT_RESOURCE, [uris, reason, act])
}
