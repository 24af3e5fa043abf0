import type { Knex } from 'knex'

/** The state of an authorization server: who people are, what they agreed to, what was issued from it, what happened. */
export async function up(knex: Knex): Promise<void> {
  await people(knex)
  await parties(knex)
  await browserState(knex)
  await permissions(knex)
  await issued(knex)
  await operations(knex)
}

export async function down(knex: Knex): Promise<void> {
  for (const table of TABLES.toReversed()) await knex.schema.dropTableIfExists(table)
}

const TABLES = [
  'accounts',
  'identities',
  'resources',
  'resource_aliases',
  'clients',
  'sessions',
  'session_ids',
  'interactions',
  'consents',
  'grants',
  'authorization_codes',
  'refresh_tokens',
  'signing_keys',
  'audit_events',
]

async function people(knex: Knex): Promise<void> {
  await knex.schema.createTable('accounts', (table) => {
    table.text('id').primary()
    table.text('login').notNullable().unique()
    table.text('name').notNullable()
    table.timestamp('created_at').notNullable()
    table.timestamp('disabled_at')
  })
  await knex.schema.createTable('identities', (table) => {
    table.text('issuer').notNullable()
    table.text('subject').notNullable()
    table.text('account_id').notNullable().references('accounts.id').onDelete('CASCADE').index()
    table.text('password_hash')
    table.timestamp('created_at').notNullable()
    table.timestamp('password_changed_at')
    table.primary(['issuer', 'subject'])
  })
}

async function parties(knex: Knex): Promise<void> {
  await knex.schema.createTable('resources', (table) => {
    table.text('id').primary()
    table.text('uri').notNullable().unique()
    table.text('name').notNullable()
    // Not jsonb: the order of the file is the order on the consent page.
    table.json('tools').notNullable()
    table.integer('access_token_seconds')
    table.text('owner_client_id')
    table.text('upstream')
    table.text('source').notNullable()
    table.timestamp('created_at').notNullable()
  })
  await knex.schema.createTable('resource_aliases', (table) => {
    table.text('uri').primary()
    table.text('resource_id').notNullable().references('resources.id').onDelete('CASCADE').index()
  })
  await knex.schema.createTable('clients', (table) => {
    table.text('id').primary()
    table.text('source').notNullable()
    table.jsonb('metadata').notNullable()
    table.text('default_resource')
    table.timestamp('created_at').notNullable()
  })
}

async function browserState(knex: Knex): Promise<void> {
  await knex.schema.createTable('sessions', (table) => {
    table.text('uid').primary()
    table.text('account_id').references('accounts.id').onDelete('CASCADE').index()
    table.jsonb('payload').notNullable()
    table.timestamp('created_at').notNullable()
    table.timestamp('expires_at').notNullable().index()
  })
  await knex.schema.createTable('session_ids', (table) => {
    table.binary('id_hash').primary()
    table.text('uid').notNullable().references('sessions.uid').onDelete('CASCADE').index()
    table.timestamp('expires_at').notNullable().index()
  })
  await knex.schema.createTable('interactions', (table) => {
    table.binary('id_hash').primary()
    table.binary('sealed').notNullable()
    table.timestamp('expires_at').notNullable().index()
  })
}

async function permissions(knex: Knex): Promise<void> {
  await knex.schema.createTable('consents', (table) => {
    table.text('id').primary()
    table.text('account_id').notNullable().references('accounts.id').onDelete('CASCADE')
    table.text('client_id').notNullable().index()
    table.text('resource_uri').notNullable()
    table.jsonb('scopes').notNullable()
    // Sites a person has seen an answer go to, as members of one object: two tabs that add to it lose nothing.
    table.jsonb('sites').notNullable()
    table.text('client_digest')
    table.timestamp('created_at').notNullable()
    table.timestamp('updated_at').notNullable()
    table.timestamp('withdrawn_at')
    table.unique(['account_id', 'client_id', 'resource_uri'])
  })
  await knex.schema.createTable('grants', (table) => {
    table.text('id').primary()
    table.text('consent_id').notNullable().references('consents.id').onDelete('CASCADE').index()
    table.text('account_id').notNullable().index()
    table.text('client_id').notNullable().index()
    table.text('resource_uri').notNullable()
    // Not jsonb: scopes go into tokens in the order they were asked for.
    table.json('scopes').notNullable()
    table.boolean('refreshable').notNullable()
    table.timestamp('created_at').notNullable()
    table.timestamp('last_used_at')
    table.timestamp('expires_at').notNullable().index()
    table.timestamp('revoked_at')
    table.text('revoked_reason')
  })
}

async function issued(knex: Knex): Promise<void> {
  await knex.schema.createTable('authorization_codes', (table) => {
    table.binary('id_hash').primary()
    table.text('grant_id').notNullable().references('grants.id').onDelete('CASCADE').index()
    table.jsonb('payload').notNullable()
    table.timestamp('expires_at').notNullable().index()
    table.timestamp('consumed_at')
  })
  await knex.schema.createTable('refresh_tokens', (table) => {
    table.binary('id_hash').primary()
    table.text('grant_id').notNullable().references('grants.id').onDelete('CASCADE').index()
    table.jsonb('payload').notNullable()
    table.timestamp('expires_at').notNullable()
    table.timestamp('consumed_at')
    table.binary('successor_hash')
    table.integer('answers').notNullable().defaultTo(0)
  })
}

async function operations(knex: Knex): Promise<void> {
  await knex.schema.createTable('signing_keys', (table) => {
    table.text('kid').primary()
    table.integer('generation').notNullable().unique()
    table.text('algorithm').notNullable()
    table.binary('sealed').notNullable()
    table.timestamp('created_at').notNullable()
  })
  await knex.schema.createTable('audit_events', (table) => {
    table.uuid('id').primary()
    table.timestamp('at').notNullable().index()
    table.text('type').notNullable()
    table.text('outcome').notNullable()
    table.text('code')
    table.text('correlation_id').notNullable()
    table.text('account_id').index()
    table.text('client_id')
    table.text('resource_uri')
    table.text('grant_id')
    table.jsonb('detail').notNullable()
  })
}
