import { GRANT_IS_LIVE } from './grants.ts'
import type { Part } from './statement-builder.ts'

/** What an exchange hangs on, as it was judged before the statement that decides it. */
export interface Exchange {
  /** The grant that the first token of the chain was made from. */
  readonly grantId: string
  readonly accountId: string
  /** The client that exchanges. */
  readonly clientId: string
  /** Scopes of the grant that the subject token speaks for; none after the first hop, whose scopes are another's. */
  readonly heldScopes: readonly string[]
  /** End of the subject token, seconds since 1970. */
  readonly subjectExpiresAt: number
  /** Audience of the subject token. */
  readonly sourceUri: string
  /** Audience of the token that comes out. */
  readonly targetUri: string
  /** Clients that exchanged before, which the token names as actors. */
  readonly actors: readonly string[]
}

/** Name of the part that has a row when the exchange may happen. */
export const EXCHANGEABLE = 'exchangeable'

/**
 * Has a row if everything an exchange hangs on is there at this moment: a subject token that has not ended by the clock of
 * the database, whatever that of the process says; the grant with its consent, account, client and resource; the client
 * that asks, as the owner of the subject token's audience; the way from there to the target; and every actor of the chain.
 * Nothing is locked: a revocation that was acknowledged before the request came is always seen.
 * @param after name of an earlier part that must have found a row, if there is one
 */
export function exchangeIsLive(exchange: Exchange, after: string | undefined): Part {
  return {
    name: EXCHANGEABLE,
    sql: (place) => {
      const target = place(exchange.targetUri)
      return `SELECT grants.id FROM grants
        JOIN resources source ON source.uri = ${place(exchange.sourceUri)}
          AND source.owner_client_id = ${place(exchange.clientId)}
        JOIN clients owner ON owner.id = source.owner_client_id
        JOIN resources target ON target.uri = ${target} AND target.exchange_from ? source.id
       WHERE grants.id = ${place(exchange.grantId)} AND grants.account_id = ${place(exchange.accountId)}
         AND grants.resource_uri <> ${target} AND ${GRANT_IS_LIVE}
         AND to_timestamp(${place(exchange.subjectExpiresAt)}::float8) > now()
         AND grants.scopes::jsonb ?& ${place(exchange.heldScopes)}::text[]
         AND NOT EXISTS (SELECT 1 FROM unnest(${place(exchange.actors)}::text[]) AS actor (id)
                         WHERE NOT EXISTS (SELECT 1 FROM clients WHERE clients.id = actor.id))
         ${after === undefined ? '' : `AND EXISTS (SELECT 1 FROM ${after})`}`
    },
  }
}
