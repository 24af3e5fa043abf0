import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { ensureDemoUsers } from '../../src/dev/demo-users.ts'
import { openStore, type Store } from '../../src/store/index.ts'
import { verifyPassword } from '../../src/store/password.ts'
import { createTestDatabase, type TestDatabase } from '../setup/database.ts'

describe('the demo users', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await createTestDatabase()
    store = openStore({ databaseUrl: database.url, poolSize: 2 })
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  const hashes = async () => {
    const found = await Promise.all(['alice', 'bob'].map((login) => store.accounts.findForSignIn(login)))
    return found.map((entry) => entry?.passwordHash ?? '')
  }

  it('can sign in with the password that was printed', async () => {
    await ensureDemoUsers(store.accounts, secret('first password'))
    for (const hash of await hashes()) expect(await verifyPassword('first password', hash)).toBe(true)
  })

  it('are left alone by a second start with the same password, so that their sessions live on', async () => {
    const before = await hashes()
    await ensureDemoUsers(store.accounts, secret('first password'))
    expect(await hashes()).toEqual(before)
    expect(await store.accounts.list()).toHaveLength(2)
  })

  it('get the new password when the setting says another', async () => {
    await ensureDemoUsers(store.accounts, secret('second password'))
    for (const hash of await hashes()) expect(await verifyPassword('second password', hash)).toBe(true)
  })
})
