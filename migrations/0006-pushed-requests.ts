import type { Knex } from 'knex'

/** Authorization requests that clients pushed (RFC 9126) and that no browser has brought yet. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('pushed_requests', (table) => {
    table.binary('id_hash').primary()
    table.text('client_id').notNullable()
    table.jsonb('payload').notNullable()
    table.timestamp('expires_at').notNullable().index()
    table.timestamp('consumed_at')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('pushed_requests')
}
