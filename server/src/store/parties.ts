import type { Part } from './statement-builder.ts'

/** A client, with the version of its document where it has one, and the resource that it is used for. */
export interface Parties {
  readonly clientId: string
  readonly clientDigest: string | undefined
  readonly resourceUri: string
}

/** Condition: the client is registered, or the version of its document is one that was fetched and not forgotten. */
export function clientIsThere(clientId: string, digest: string): string {
  return `(EXISTS (SELECT 1 FROM clients k WHERE k.id = ${clientId})
    OR EXISTS (SELECT 1 FROM client_document_versions d WHERE d.url = ${clientId} AND d.digest = ${digest}))`
}

export function resourceIsThere(uri: string): string {
  return `EXISTS (SELECT 1 FROM resources r WHERE r.uri = ${uri})`
}

/** Condition: `holdParties` found both. */
export const PARTIES_HELD = 'EXISTS (SELECT 1 FROM client_held) AND EXISTS (SELECT 1 FROM resource_held)'

/** Name of the part that has a row while the account is not disabled. */
export const ACCOUNT_HELD = 'account_held'

/** Finds the account unless it is disabled, and keeps it from being disabled before the statement is through. */
export function holdAccount(accountId: string): Part {
  return {
    name: ACCOUNT_HELD,
    sql: (place) => `SELECT id FROM accounts WHERE id = ${place(accountId)} AND disabled_at IS NULL FOR SHARE`,
  }
}

/**
 * Parts that find client and resource if they are there, and keep them from being removed before the statement is through.
 * Whoever writes a consent or a grant holds both, so that a removal comes before it and is seen, or after it and sees it.
 */
export function holdParties({ clientId, clientDigest, resourceUri }: Parties): readonly Part[] {
  const client: Part = {
    name: 'client_held',
    sql: (place) =>
      clientDigest === undefined
        ? `SELECT id FROM clients WHERE id = ${place(clientId)}::text FOR KEY SHARE`
        : `SELECT url FROM client_document_versions WHERE url = ${place(clientId)}::text
             AND digest = ${place(clientDigest)}::text FOR KEY SHARE`,
  }
  const resource: Part = {
    name: 'resource_held',
    sql: (place) => `SELECT uri FROM resources WHERE uri = ${place(resourceUri)}::text FOR KEY SHARE`,
  }
  return [client, resource]
}
