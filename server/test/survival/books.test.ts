import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Chain, startChain } from '../exchange/chain.ts'
import { BALANCED, balanceBooks } from '../setup/books.ts'
import { query } from '../setup/state.ts'
import { type Load, startLoad } from './load.ts'

let chain: Chain
let load: Load
beforeAll(async () => {
  chain = await startChain()
  load = await startLoad(chain, () => [chain.server], { families: 1 })
  await load.redeemAll(await load.makeCodes(1))
  await vi.waitFor(() => expect(load.ledger.exchanged.length).toBeGreaterThan(2), { timeout: 30_000 })
  await load.stop()
})
afterAll(() => chain.server.close())

/** What the books say after that change to the database, which is taken back. */
async function after(change: string, undo: string) {
  await query(chain.server, change)
  return balanceBooks(chain.server, load.ledger.exchanged).finally(() => query(chain.server, undo))
}

const LEAF = 'consumed_at IS NULL AND grant_id = (SELECT max(grant_id) FROM refresh_tokens)'

describe('the books', () => {
  it('balance after an ordinary day', async () => {
    expect(await balanceBooks(chain.server, load.ledger.exchanged)).toEqual(BALANCED)
    expect(load.ledger.findings).toEqual({ duplicated: [], lost: [] })
  })

  it.each([
    {
      what: 'a code that gave two families',
      wrong: 'duplicated',
      change: `INSERT INTO refresh_tokens (id_hash, grant_id, payload, expires_at) SELECT '\\x00', grant_id, '{}', now() FROM refresh_tokens WHERE ${LEAF}`,
      undo: `DELETE FROM refresh_tokens WHERE id_hash = '\\x00'`,
    },
    {
      what: 'a leaf that is gone',
      wrong: 'lost',
      change: `UPDATE refresh_tokens SET consumed_at = 'epoch' WHERE ${LEAF}`,
      undo: "UPDATE refresh_tokens SET consumed_at = NULL WHERE consumed_at = 'epoch'",
    },
    {
      what: 'a use without its successor',
      wrong: 'halfIssued',
      change: `UPDATE refresh_tokens SET answers = 1 WHERE ${LEAF}`,
      undo: 'UPDATE refresh_tokens SET answers = 0 WHERE consumed_at IS NULL',
    },
    {
      what: 'an issue without its event',
      wrong: 'halfIssued',
      change: `UPDATE audit_events SET type = 'gone' WHERE detail->>'grantType' = 'authorization_code'`,
      undo: `UPDATE audit_events SET type = 'token.issued' WHERE type = 'gone'`,
    },
    {
      what: 'an exchange without its event',
      wrong: 'halfIssued',
      change: `UPDATE audit_events SET type = 'gone' WHERE type = 'token.exchanged'`,
      undo: `UPDATE audit_events SET type = 'token.exchanged' WHERE type = 'gone'`,
    },
    {
      what: 'a used code that looks unused',
      wrong: 'halfIssued',
      change: `UPDATE authorization_codes SET consumed_at = NULL, expires_at = 'epoch'`,
      undo: "UPDATE authorization_codes SET consumed_at = now() WHERE expires_at = 'epoch'",
    },
  ] as const)('show $what', async ({ wrong, change, undo }) => {
    expect((await after(change, undo))[wrong]).not.toEqual([])
    expect(await balanceBooks(chain.server, load.ledger.exchanged)).toEqual(BALANCED)
  })
})
