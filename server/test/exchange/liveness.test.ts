import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { proofOf } from '../setup/key-client.ts'
import { passTime, query } from '../setup/state.ts'
import { API, type Chain, exchange, STORE, signIn, startChain } from './chain.ts'

let chain: Chain
beforeAll(async () => {
  chain = await startChain()
})
afterAll(() => chain.server.close())

const LOST = { status: 400, body: { error: 'invalid_grant' } }

describe('an exchange finds out what ended since the token was made (AS-TX-08, A137, I3)', () => {
  it.each([
    {
      what: 'the account was disabled (A36, A140)',
      end: (): Promise<unknown> => query(chain.server, 'UPDATE accounts SET disabled_at = now()'),
      undo: (): Promise<unknown> => query(chain.server, 'UPDATE accounts SET disabled_at = NULL'),
    },
    {
      what: 'the grant was revoked',
      end: (): Promise<unknown> => query(chain.server, 'UPDATE grants SET revoked_at = now()'),
      undo: (): Promise<unknown> => query(chain.server, 'UPDATE grants SET revoked_at = NULL'),
    },
    {
      what: 'the consent was withdrawn',
      end: (): Promise<unknown> => query(chain.server, 'UPDATE consents SET withdrawn_at = now()'),
      undo: (): Promise<unknown> => query(chain.server, 'UPDATE consents SET withdrawn_at = NULL'),
    },
    {
      what: 'the client of the person was removed',
      end: (clientId: string): Promise<unknown> => chain.server.store.clients.remove(clientId),
      undo: async (): Promise<unknown> => undefined,
    },
    {
      what: 'the grant came to its end',
      end: (): Promise<unknown> => passTime(chain.server, 400 * 86_400),
      undo: (): Promise<unknown> => passTime(chain.server, -400 * 86_400),
    },
    {
      what: 'the exchanging client was removed a moment ago',
      end: (): Promise<unknown> => query(chain.server, `UPDATE clients SET id = 'was-front' WHERE id = 'front'`),
      undo: (): Promise<unknown> => query(chain.server, `UPDATE clients SET id = 'front' WHERE id = 'was-front'`),
    },
    {
      what: 'the server was given to another client a moment ago',
      end: (): Promise<unknown> =>
        query(chain.server, `UPDATE resources SET owner_client_id = 'stranger' WHERE id = 'front'`),
      undo: (): Promise<unknown> =>
        query(chain.server, `UPDATE resources SET owner_client_id = 'front' WHERE id = 'front'`),
    },
    {
      what: 'the target was closed a moment ago',
      end: (): Promise<unknown> => query(chain.server, `UPDATE resources SET exchange_from = '[]' WHERE id = 'api'`),
      undo: (): Promise<unknown> =>
        query(chain.server, `UPDATE resources SET exchange_from = '["front"]' WHERE id = 'api'`),
    },
  ])('$what', async ({ end, undo }) => {
    const { token, clientId } = await signIn(chain)
    expect(await exchange(chain.server, chain.front, token)).toMatchObject({ status: 200 })
    // As in a process that read it a moment ago: what is refused is refused by the database.
    const { registry, clients } = chain.server.store
    const front = await clients.find('front')
    const held = [
      vi.spyOn(registry, 'current').mockResolvedValue(registry.last()),
      vi.spyOn(clients, 'find').mockResolvedValue(front),
    ]
    await end(clientId)
    try {
      const answer = await exchange(chain.server, chain.front, token)
      expect(answer).toMatchObject(LOST)
      expect(answer.body).not.toHaveProperty('access_token')
    } finally {
      await undo()
      for (const spy of held) spy.mockRestore()
    }
    const [last] = await query(
      chain.server,
      `SELECT type, code, detail FROM audit_events WHERE client_id = 'front' AND type LIKE 'token.%'
        ORDER BY at DESC, id DESC LIMIT 1`,
    )
    expect(last).toMatchObject({
      type: 'token.refused',
      code: 'SALLYPORT_E_GRANT',
      detail: { reason: 'no-longer-live' },
    })
  })

  it('an actor of the chain was removed: what it handed on ends with it', async () => {
    const { token } = await signIn(chain)
    const first = String((await exchange(chain.server, chain.front, token)).body.access_token)
    expect(await exchange(chain.server, chain.api, first, { resource: STORE })).toMatchObject({ status: 200 })
    await query(chain.server, `UPDATE clients SET id = 'was-front' WHERE id = 'front'`)
    try {
      expect(await exchange(chain.server, chain.api, first, { resource: STORE })).toMatchObject(LOST)
    } finally {
      await query(chain.server, `UPDATE clients SET id = 'front' WHERE id = 'was-front'`)
    }
  })

  it('the person’s client revoked its token: no hop of the chain goes on, and nobody is told that what it made is active', async () => {
    const { token, clientId } = await signIn(chain)
    const first = String((await exchange(chain.server, chain.front, token)).body.access_token)
    const introspect = async () => {
      const form = new URLSearchParams({ token: first, ...(await proofOf(chain.server, chain.api)) })
      const response = await fetch(`${chain.server.issuer}/introspect`, { method: 'POST', body: form })
      return (await response.json()) as { active: boolean }
    }
    expect(await introspect()).toMatchObject({ active: true, aud: API, act: { sub: 'front' } })
    const revoked = await fetch(`${chain.server.issuer}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: clientId }),
    })
    expect(revoked.status).toBe(200)
    expect(await exchange(chain.server, chain.front, token)).toMatchObject(LOST)
    expect(await exchange(chain.server, chain.api, first, { resource: STORE })).toMatchObject(LOST)
    expect(await introspect()).toEqual({ active: false })
  })
})
