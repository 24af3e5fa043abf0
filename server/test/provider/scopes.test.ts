import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideScopes } from '../../src/provider/scopes.ts'

const RESOURCE = { initial: ['list', 'read'], grantable: ['list', 'read', 'write'] }

const scope = fc.oneof(fc.constantFrom('list', 'read', 'write', 'delete', 'admin', '*', 'openid', ''), fc.string())
const scopes = fc.array(scope, { maxLength: 12 })
// A tools file cannot hold an empty scope.
const offered = scopes.map((all) => all.filter((one) => one !== ''))
const resource = fc.record({ initial: offered, grantable: offered })

describe('the decision on scopes', () => {
  it.each([
    { asked: [], granted: ['list', 'read'] },
    { asked: [''], granted: ['list', 'read'] },
    { asked: ['write'], granted: ['write'] },
    { asked: ['write', 'read'], granted: ['write', 'read'] },
    { asked: ['read', 'read'], granted: ['read'] },
    { asked: ['read', 'delete', 'bogus'], granted: ['read'] },
    { asked: ['delete'], granted: [] },
  ])('on $asked is $granted', ({ asked, granted }) => {
    expect(decideScopes(asked, RESOURCE)).toEqual(granted)
  })

  it('never widens: what is granted can be granted, and was asked for or is initial (AS-SC-01, AS-SC-02)', () => {
    fc.assert(
      fc.property(scopes, resource, (asked, has) => {
        const granted = decideScopes(asked, has)
        const named = asked.some((one) => one !== '')
        expect(granted.every((one) => has.grantable.includes(one))).toBe(true)
        expect(granted.every((one) => (named ? asked : has.initial).includes(one))).toBe(true)
        expect(new Set(granted).size).toBe(granted.length)
      }),
      { numRuns: 2_000 },
    )
  })

  it('loses nothing that can be granted, and asking again for the result changes nothing', () => {
    fc.assert(
      fc.property(scopes, resource, (asked, has) => {
        const granted = decideScopes(asked, has)
        const expected = asked.filter((one) => one !== '' && has.grantable.includes(one))
        if (asked.some((one) => one !== '')) expect(new Set(granted)).toEqual(new Set(expected))
        if (granted.length > 0) expect(decideScopes(granted, has)).toEqual(granted)
      }),
      { numRuns: 2_000 },
    )
  })
})
