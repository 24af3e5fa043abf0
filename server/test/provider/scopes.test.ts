import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideScopes, OPENID_SCOPES } from '../../src/provider/scopes.ts'

const RESOURCE = { initial: ['list', 'read'], grantable: ['list', 'read', 'write'] }

const scope = fc.oneof(
  fc.constantFrom('list', 'read', 'write', 'delete', 'admin', '*', ...OPENID_SCOPES, ''),
  fc.string(),
)
const scopes = fc.array(scope, { maxLength: 12 })
// A tools file cannot hold an empty scope.
const offered = scopes.map((all) => all.filter((one) => one !== ''))
const resource = fc.record({ initial: offered, grantable: offered })

/** What a request asks of the resource: scopes of OpenID Connect are about ID tokens, unless the resource has one by that name. */
const askedOf = (asked: readonly string[], has: { readonly grantable: readonly string[] }): readonly string[] =>
  asked.filter((one) => one !== '' && (has.grantable.includes(one) || !OPENID_SCOPES.has(one)))

describe('the decision on scopes', () => {
  it.each([
    { asked: [], granted: ['list', 'read'] },
    { asked: [''], granted: ['list', 'read'] },
    { asked: ['write'], granted: ['write'] },
    { asked: ['write', 'read'], granted: ['write', 'read'] },
    { asked: ['read', 'read'], granted: ['read'] },
    { asked: ['read', 'delete', 'bogus'], granted: ['read'] },
    { asked: ['delete'], granted: [] },
    { asked: ['openid', 'email', 'profile'], granted: ['list', 'read'] },
    { asked: ['openid', 'write'], granted: ['write'] },
    { asked: ['openid', 'delete'], granted: [] },
    { asked: ['OpenID'], granted: [] },
  ])('on $asked is $granted', ({ asked, granted }) => {
    expect(decideScopes(asked, RESOURCE)).toEqual(granted)
  })

  it('never widens: what is granted can be granted, and was asked for or is initial (AS-SC-01, AS-SC-02)', () => {
    fc.assert(
      fc.property(scopes, resource, (asked, has) => {
        const granted = decideScopes(asked, has)
        const named = askedOf(asked, has)
        expect(granted.every((one) => has.grantable.includes(one))).toBe(true)
        expect(granted.every((one) => (named.length > 0 ? named : has.initial).includes(one))).toBe(true)
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
        if (askedOf(asked, has).length > 0) expect(new Set(granted)).toEqual(new Set(expected))
        if (granted.length > 0) expect(decideScopes(granted, has)).toEqual(granted)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is the same with scopes of OpenID Connect that the resource does not have as without them (AS-SC-02, T-10)', () => {
    const beside = fc.subarray([...OPENID_SCOPES])
    fc.assert(
      fc.property(scopes, beside, resource, (asked, openid, has) => {
        const unknown = openid.filter((one) => !has.grantable.includes(one))
        expect(decideScopes([...unknown, ...asked], has)).toEqual(decideScopes(asked, has))
      }),
      { numRuns: 2_000 },
    )
  })

  it('grants a scope by the name of one of OpenID Connect where the resource has it', () => {
    const has = { initial: ['list'], grantable: ['list', 'email'] }
    expect(decideScopes(['openid', 'email'], has)).toEqual(['email'])
  })
})
