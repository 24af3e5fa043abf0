import type { Knex } from 'knex'

/** When a signing key signs and until when it is published, and who does what only one process may do at a time. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('signing_keys', (table) => {
    // Published before, so that whoever keeps the published set has it when the first token comes.
    table.timestamp('signs_from')
    // Null while no other key was made to follow.
    table.timestamp('ends_at')
  })
  await knex('signing_keys').update({ signs_from: knex.ref('created_at') })
  await knex.schema.alterTable('signing_keys', (table) => table.dropNullable('signs_from'))
  await knex.schema.createTable('leases', (table) => {
    table.text('name').primary()
    table.text('holder').notNullable()
    // One more for each holder: a statement of an earlier one finds another number and does nothing.
    table.bigInteger('fence').notNullable()
    table.timestamp('held_until').notNullable()
    // When the work was last brought to its end.
    table.timestamp('done_at')
  })
  await endings(knex)
}

// What housekeeping looks for is a small part of tables that are large.
async function endings(knex: Knex): Promise<void> {
  await knex.raw(
    'CREATE INDEX refresh_tokens_unused_expires_at ON refresh_tokens (expires_at) WHERE consumed_at IS NULL',
  )
  await knex.raw(
    'CREATE INDEX authorization_codes_unused_expires_at ON authorization_codes (expires_at) WHERE consumed_at IS NULL',
  )
  await knex.raw('CREATE INDEX grants_revoked_at ON grants (revoked_at) WHERE revoked_at IS NOT NULL')
  await knex.raw("CREATE INDEX clients_dynamic_created_at ON clients (created_at) WHERE source = 'dynamic'")
}

export async function down(knex: Knex): Promise<void> {
  for (const index of INDEXES) await knex.raw(`DROP INDEX IF EXISTS ${index}`)
  await knex.schema.dropTableIfExists('leases')
  await knex.schema.alterTable('signing_keys', (table) => table.dropColumns('signs_from', 'ends_at'))
}

const INDEXES = [
  'refresh_tokens_unused_expires_at',
  'authorization_codes_unused_expires_at',
  'grants_revoked_at',
  'clients_dynamic_created_at',
]
