import { type Duration, TOOL_CLASSES, type ToolClass } from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeGrant } from '../../src/provider/grants.ts'
import {
  earliestEnd,
  isCarriedOver,
  lastingPermissions,
  livePermissions,
  nameInConsent,
  type Permission,
  type Permissions,
  permittedPermissions,
  reusablePermissions,
} from '../../src/store/permission.ts'

const NOW = 1_800_000_000
const CLASSES: readonly ToolClass[] = ['discovery', 'read', 'write', 'external-network', 'destructive', 'admin']
const INTERACTIONS = ['this', 'other'] as const
const instant = fc.integer({ min: NOW - 100_000, max: NOW + 100_000 })

const permission: fc.Arbitrary<Permission> = fc
  .record({
    class: fc.constantFrom(...CLASSES),
    duration: fc.constantFrom('once', 'session', 'until_revoked'),
    endsAt: fc.option(instant, { nil: null }),
    interaction: fc.constantFrom(...INTERACTIONS),
  })
  .map(({ interaction, ...rest }) => (rest.duration === 'once' ? { ...rest, interaction } : rest))

const scope = fc.integer({ min: 0, max: 9 }).map((number) => `mcp:thing:${number}`)
const permissions: fc.Arbitrary<Permissions> = fc.dictionary(scope, permission)

/** As they lie in a consent. */
const consented: fc.Arbitrary<Permissions> = fc
  .array(fc.tuple(scope, permission))
  .map((all) => Object.fromEntries(all.map(([name, each]) => [nameInConsent(name, each), each])))

describe('live permissions', () => {
  it('are never more than was agreed, and never different', () => {
    fc.assert(
      fc.property(permissions, instant, (all, now) => {
        for (const [name, each] of Object.entries(livePermissions(all, now))) expect(each).toBe(all[name])
      }),
    )
  })

  it('only become fewer as time passes', () => {
    fc.assert(
      fc.property(permissions, instant, fc.nat(200_000), (all, now, later) => {
        const [before, after] = [livePermissions(all, now), livePermissions(all, now + later)]
        for (const name of Object.keys(after)) expect(before).toHaveProperty([name])
        expect(livePermissions(before, now + later)).toEqual(after)
      }),
    )
  })

  it('hold nothing that has ended, and nothing destructive or administrative whatever the row says', () => {
    fc.assert(
      fc.property(permissions, instant, (all, now) => {
        for (const each of Object.values(livePermissions(all, now))) {
          expect(TOOL_CLASSES[each.class].standing).toBe(true)
          expect(each.endsAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now)
        }
      }),
    )
  })
})

describe('what the tools file still permits', () => {
  const DURATIONS: readonly Duration[] = ['once', 'session', 'until_revoked']
  const definition = fc.record({ toolClass: fc.constantFrom(...CLASSES), longest: fc.constantFrom(...DURATIONS) })
  const tools = fc.dictionary(scope, definition).map((all) => ({
    scopes: new Map(
      Object.entries(all).map(([name, rules]) => [
        name,
        { scope: name, description: '', implies: [], tools: [], ...rules },
      ]),
    ),
  }))

  it('is never more than was agreed, never milder than the rules of today, and never longer (A109, AS-SC-04)', () => {
    fc.assert(
      fc.property(permissions, tools, (all, file) => {
        for (const [name, each] of Object.entries(permittedPermissions(all, file))) {
          expect(each).toBe(all[name])
          const today = file.scopes.get(name)
          expect(TOOL_CLASSES[today?.toolClass ?? 'admin'].standing).toBe(true)
          expect(TOOL_CLASSES[today?.toolClass ?? 'admin'].severity).toBeLessThanOrEqual(
            TOOL_CLASSES[each.class].severity,
          )
          expect(DURATIONS.indexOf(each.duration)).toBeLessThanOrEqual(DURATIONS.indexOf(today?.longest ?? 'once'))
        }
      }),
    )
  })

  it('is everything standing while the rules are those it was agreed under, and nothing without rules', () => {
    fc.assert(
      fc.property(permissions, (all) => {
        const rules = Object.entries(all).map(([name, each]) => {
          const { class: toolClass, duration: longest } = each
          return [name, { scope: name, description: '', implies: [], tools: [], toolClass, longest }] as const
        })
        const standing = Object.entries(all).filter(([, each]) => TOOL_CLASSES[each.class].standing)
        expect(permittedPermissions(all, { scopes: new Map(rules) })).toEqual(Object.fromEntries(standing))
        expect(permittedPermissions(all, undefined)).toEqual({})
      }),
    )
  })
})

describe('what a new grant may be made from', () => {
  it('is live, and what was said once only in the interaction it was said in', () => {
    fc.assert(
      fc.property(
        consented,
        instant,
        fc.option(fc.constantFrom(...INTERACTIONS), { nil: undefined }),
        (all, now, here) => {
          const live = Object.values(livePermissions(all, now))
          for (const [name, each] of Object.entries(reusablePermissions(all, now, here))) {
            expect(live).toContain(each)
            expect(all[nameInConsent(name, each)]).toBe(each)
            if (each.duration === 'once') expect(each.interaction).toBe(here)
          }
        },
      ),
    )
  })

  it('is less without an interaction than with one', () => {
    fc.assert(
      fc.property(consented, instant, (all, now) => {
        const withOne = Object.keys(reusablePermissions(all, now, 'this'))
        for (const name of Object.keys(reusablePermissions(all, now))) expect(withOne).toContain(name)
      }),
    )
  })

  it('goes along unasked only for reading, or in the browser session it was said in', () => {
    fc.assert(
      fc.property(permission, fc.constantFrom('here', 'there', undefined), (each, session) => {
        const carried = isCarriedOver({ ...each, session: 'here' }, session)
        if (!carried) return
        expect(each.duration).not.toBe('once')
        if (session !== 'here') expect(['discovery', 'read']).toContain(each.class)
      }),
    )
  })
})

describe('a grant', () => {
  const consent = { id: 'consent', permissions: {}, sites: new Set<string>(), clientDigest: undefined }
  const grantOf = (all: Permissions, absoluteSeconds: number, mayRefresh = true) =>
    makeGrant({
      id: 'grant',
      consent,
      accountId: 'account',
      clientId: 'client',
      resourceUri: 'https://mcp.example/mcp',
      permissions: all,
      mayRefresh,
      now: NOW,
      absoluteSeconds,
    })
  const some = permissions.filter((all) => Object.keys(all).length > 0)

  it('ends with the last of its permissions, and never after its absolute end', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 1_000_000 }), (all, absoluteSeconds) => {
        const { expiresAt } = grantOf(all, absoluteSeconds)
        expect(expiresAt).toBeLessThanOrEqual(NOW + absoluteSeconds)
        const ends = Object.values(all).map(({ endsAt }) => endsAt ?? Number.POSITIVE_INFINITY)
        expect(expiresAt).toBe(Math.min(NOW + absoluteSeconds, Math.max(...ends)))
      }),
    )
  })

  it('brings a refresh token only where something in it outlives the first access token', () => {
    fc.assert(
      fc.property(some, fc.boolean(), (all, mayRefresh) => {
        const lasting = Object.keys(lastingPermissions(all)).length > 0
        expect(grantOf(all, 1_000, mayRefresh).refreshable).toBe(mayRefresh && lasting)
      }),
    )
  })

  it('ends an access token with the first of its scopes that ends', () => {
    fc.assert(
      fc.property(permissions, (all) => {
        const end = earliestEnd(all, Object.keys(all))
        for (const { endsAt } of Object.values(all)) {
          if (endsAt !== null) expect(end).toBeLessThanOrEqual(endsAt)
        }
        expect(end === undefined).toBe(Object.values(all).every(({ endsAt }) => endsAt === null))
      }),
    )
  })
})
