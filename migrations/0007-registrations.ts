import type { Knex } from 'knex'

/**
 * What registered clients say of themselves, as a digest, so that the same said twice is one client; when it was last said; and
 * the token that a client of one's own is managed with, as a digest.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('clients', (table) => {
    table.binary('content_hash').unique()
    table.timestamp('last_seen_at')
    table.binary('management_hash')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('clients', (table) => {
    table.dropColumns('content_hash', 'last_seen_at', 'management_hash')
  })
}
