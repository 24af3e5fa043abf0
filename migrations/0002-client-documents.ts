import type { Knex } from 'knex'

/** Client ID metadata documents: what the last look at each URL found, and every version somebody agreed to. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('client_documents', (table) => {
    table.text('url').primary()
    // The version that the URL answered last.
    table.text('digest').notNullable()
    table.text('etag')
    // When the look began that found this version; of two looks at once, the one that began later counts.
    table.timestamp('fetched_at').notNullable()
    table.timestamp('fresh_until').notNullable()
    // The last look, whatever came of it, and the first of those that failed since one did not.
    table.timestamp('checked_at').notNullable().index()
    table.timestamp('failing_since')
    // Public keys behind the jwks_uri of a version.
    table.text('keys_uri')
    table.jsonb('keys')
    table.timestamp('keys_fetched_at')
    table.timestamp('created_at').notNullable()
  })
  await knex.schema.createTable('client_document_versions', (table) => {
    table.text('url').notNullable()
    table.text('digest').notNullable()
    table.jsonb('metadata').notNullable()
    table.timestamp('created_at').notNullable().index()
    table.primary(['url', 'digest'])
  })
  await knex.schema.alterTable('grants', (table) => {
    // The version the grant was made with; null for clients that are registered.
    table.text('client_digest')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('grants', (table) => table.dropColumn('client_digest'))
  await knex.schema.dropTableIfExists('client_document_versions')
  await knex.schema.dropTableIfExists('client_documents')
}
