import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createExpiringMap } from '../src/exchange/expiring-map.ts'
import { createSubjectTokens } from '../src/exchange/subject-tokens.ts'

describe('the tokens that a guard keeps for exchange', () => {
  const access = (handle: string, expiresAt: number) => ({
    handle,
    expiresAt,
    subject: 's',
    clientId: 'c',
    scopes: [],
    issuer: 'i',
    resource: 'r',
    tokenId: undefined,
    grantId: undefined,
    actor: undefined,
    authTime: undefined,
    acr: undefined,
    keyThumbprint: undefined,
  })

  it('are bounded: the one that was presented longest ago goes, and is then unknown, never mistaken', () => {
    const tokens = createSubjectTokens(2)
    tokens.remember(access('at:1', 100), 'token-1', 0)
    tokens.remember(access('at:2', 100), 'token-2', 0)
    tokens.remember(access('at:1', 100), 'token-1', 1)
    tokens.remember(access('at:3', 100), 'token-3', 2)
    const found = ['at:1', 'at:2', 'at:3'].map((handle) => tokens.find(handle, 3)?.token)
    expect(found).toEqual(['token-1', undefined, 'token-3'])
  })

  it('are cleared when they have expired, also when nobody asks for them', () => {
    const tokens = createSubjectTokens(2)
    tokens.remember(access('at:1', 100), 'token-1', 0)
    tokens.remember(access('at:2', 10), 'token-2', 0)
    tokens.remember(access('at:3', 100), 'token-3', 50)
    // Had the second one still been there, the first would have had to go.
    expect(tokens.find('at:1', 51)?.token).toBe('token-1')
  })

  it('agree with a map without bounds, but for what is too old or too much', () => {
    const operation = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      lifetime: fc.integer({ min: -5, max: 90 }),
      pause: fc.integer({ min: 0, max: 40 }),
    })
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (operations, most) => {
        const map = createExpiringMap<number>(most)
        const model = new Map<string, { value: number; expiresAt: number }>()
        let now = 0
        operations.forEach(({ key, lifetime, pause }, value) => {
          now += pause
          map.set(key, value, now + lifetime, now)
          model.set(key, { value, expiresAt: now + lifetime })
          const present = [...model].filter(([name]) => map.get(name, now) !== undefined)
          expect(present.length).toBeLessThanOrEqual(most)
          for (const [name, entry] of present) {
            expect(map.get(name, now)).toBe(entry.value)
            expect(now).toBeLessThan(entry.expiresAt)
          }
          if (lifetime > 0) expect(map.get(key, now)).toBe(value)
        })
      }),
    )
  })
})
