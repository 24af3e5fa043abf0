import { describe, expect, it } from 'vitest'
import { compose, type KnownNames } from '../../src/provider/compose.ts'
import { namesKnownToTheEngine } from '../../src/provider/internals.ts'
import type { Slice } from '../../src/provider/slice.ts'

const KNOWN: KnownNames = namesKnownToTheEngine()

/** Slices as somebody would mistype them: the types of the engine do not know these names. */
const slices = (...all: readonly object[]): Record<string, Slice> =>
  Object.fromEntries(all.map((slice, at) => [`slice${at}`, slice]))

describe('compose', () => {
  it.each([
    {
      mistake: 'a key',
      slice: { pkceRequired: true },
      message: '"pkceRequired" of slice "slice0" is not a key of the engine',
    },
    {
      mistake: 'a feature',
      slice: { features: { resourceIndicator: { enabled: true } } },
      message: '"features.resourceIndicator" of slice "slice0" is not known to the engine',
    },
    {
      mistake: 'a member of a feature',
      slice: { features: { resourceIndicators: { enabled: true, getResourceServerinfo: () => undefined } } },
      message: '"features.resourceIndicators.getResourceServerinfo" of slice "slice0" is not known to the engine',
    },
    {
      mistake: 'a lifetime',
      slice: { ttl: { AccesToken: 60 } },
      message: '"ttl.AccesToken" of slice "slice0" is not known to the engine',
    },
    {
      mistake: 'a route',
      slice: { routes: { authorize: '/a' } },
      message: '"routes.authorize" of slice "slice0" is not known to the engine',
    },
    {
      mistake: 'a list of algorithms',
      slice: { enabledJWA: { idTokenSigningAlgs: ['ES256'] } },
      message: '"enabledJWA.idTokenSigningAlgs" of slice "slice0" is not known to the engine',
    },
  ])('refuses $mistake the engine would ignore without a word', ({ slice, message }) => {
    expect(() => compose(slices(slice), KNOWN)).toThrow(new TypeError(message))
  })

  it.each([
    { key: 'pkce', first: { pkce: {} }, second: { pkce: {} } },
    {
      key: 'features.dPoP',
      first: { features: { dPoP: { enabled: false } } },
      second: { features: { dPoP: { enabled: true } } },
    },
    { key: 'ttl.AccessToken', first: { ttl: { AccessToken: 1 } }, second: { ttl: { AccessToken: 1 } } },
    { key: 'routes.token', first: { routes: { token: '/a' } }, second: { routes: { token: '/b' } } },
  ])('refuses two owners of $key', ({ key, first, second }) => {
    expect(() => compose(slices(first, second), KNOWN)).toThrow(`"${key}" is set by both "slice0" and "slice1"`)
  })

  it('joins what several slices say under one key', () => {
    const first: Slice = { ttl: { AccessToken: 1 }, pkce: { required: () => true } }
    const second: Slice = { ttl: { IdToken: 2 }, scopes: [] }
    expect(compose({ first, second }, KNOWN)).toEqual({
      ttl: { AccessToken: 1, IdToken: 2 },
      pkce: first.pkce,
      scopes: [],
    })
  })
})
