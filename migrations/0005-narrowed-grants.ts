import type { Knex } from 'knex'

/** What was taken back of a grant that goes on: access tokens made before still name it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('grants', (table) => {
    // Scopes, as a list. None comes back: whoever agrees again makes another grant.
    table.jsonb('taken_back')
    table.timestamp('narrowed_at')
  })
  await knex.raw('CREATE INDEX grants_narrowed_at ON grants (narrowed_at) WHERE narrowed_at IS NOT NULL')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP INDEX IF EXISTS grants_narrowed_at')
  await knex.schema.alterTable('grants', (table) => table.dropColumns('taken_back', 'narrowed_at'))
}
