import type { Knex } from 'knex'

/** Passkeys: the public keys by which people sign in without a password. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable('passkeys', (table) => {
    table.text('id').primary()
    table.text('account_id').notNullable().references('accounts.id').onDelete('CASCADE').index()
    // What the authenticator calls it. One that two people claim is nobody's.
    table.binary('credential_id').notNullable().unique()
    table.binary('public_key').notNullable()
    // Signatures so far, as the authenticator counts them; 32 bits without a sign. Many count nothing and always say 0.
    table.bigInteger('counter').notNullable()
    // Ways to reach the authenticator, which a browser asks for.
    table.jsonb('transports').notNullable()
    table.text('name').notNullable()
    table.timestamp('created_at').notNullable()
    table.timestamp('last_used_at')
    // When its counter went back: somebody else may have a copy, and nobody signs in with it any more.
    table.timestamp('suspended_at')
  })
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTableIfExists('passkeys')
}
