import type { Knex } from 'knex'

/** Sites a person has seen an answer go to, as members of one object: two tabs that add to it lose nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('consents', (table) => {
    table.jsonb('sites').notNullable().defaultTo('{}')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('consents', (table) => {
    table.dropColumn('sites')
  })
}
