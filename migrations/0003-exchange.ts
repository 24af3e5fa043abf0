import type { Knex } from 'knex'

/** Who may exchange tokens of which resource into which, and what a client may present once only. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('resources', (table) => {
    table.boolean('exchange_only').notNullable().defaultTo(false)
    table.jsonb('exchange_from').notNullable().defaultTo('[]')
  })
  await knex.schema.createTable('replays', (table) => {
    table.binary('id_hash').primary()
    table.timestamp('expires_at').notNullable().index()
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('replays')
  await knex.schema.alterTable('resources', (table) => {
    table.dropColumns('exchange_only', 'exchange_from')
  })
}
