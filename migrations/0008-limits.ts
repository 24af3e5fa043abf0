import type { Knex } from 'knex'

/** How much of what is limited exactly was taken by whom: tries of passwords, registrations, looks at documents. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('limits', (table) => {
    // Keyed digests: addresses say where people are, and some type their password where the login belongs.
    table.binary('key_hash').primary()
    // When nothing of what was taken counts any more. What is taken moves it on.
    table.timestamp('clear_at').notNullable()
    // How far ahead of now it may be when something more is taken.
    table.double('slack_seconds').notNullable()
  })
  await knex.raw('CREATE INDEX limits_clear_at ON limits (clear_at)')
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('limits')
}
