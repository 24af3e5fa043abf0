import { describe, expect, it } from 'vitest'
import { changesBetween } from '../../src/provider/client-documents/changes.ts'

const KEY = { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }
const OTHER_KEY = { ...KEY, x: 'c' }
const VERSION = {
  client_name: 'Acme IDE',
  redirect_uris: ['https://client.example/callback', 'http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
}
const SIGNED = { ...VERSION, token_endpoint_auth_method: 'private_key_jwt' }
const INLINE = { ...SIGNED, jwks: { keys: [KEY] } }
const AT = (uri: string) => ({ ...SIGNED, jwks_uri: uri })

describe('what two versions of a document say differently (AS-CIMD-13)', () => {
  it.each([
    {
      what: 'its name',
      before: VERSION,
      now: { ...VERSION, client_name: 'Other' },
      changes: [{ kind: 'name', before: 'Acme IDE', now: 'Other' }],
    },
    {
      what: 'where answers go',
      before: VERSION,
      now: { ...VERSION, redirect_uris: ['https://other.example/cb', 'https://client.example/callback'] },
      changes: [{ kind: 'redirects', added: ['https://other.example/cb'], removed: ['http://127.0.0.1/callback'] }],
    },
    { what: 'that it signs', before: VERSION, now: INLINE, changes: [{ kind: 'method', signs: true }] },
    { what: 'that it signs no more', before: INLINE, now: VERSION, changes: [{ kind: 'method', signs: false }] },
    {
      what: 'keys in the document',
      before: INLINE,
      now: { ...INLINE, jwks: { keys: [OTHER_KEY, { ...KEY, x: 'd' }] } },
      changes: [{ kind: 'keys', added: 2, removed: 1 }],
    },
    {
      what: 'where the keys are',
      before: AT('https://client.example/keys'),
      now: AT('https://other.example/keys'),
      changes: [{ kind: 'keys-place', before: 'https://client.example/keys', now: 'https://other.example/keys' }],
    },
    {
      what: 'that the keys are elsewhere now',
      before: INLINE,
      now: AT('https://other.example/keys'),
      changes: [{ kind: 'keys-place', before: undefined, now: 'https://other.example/keys' }],
    },
    {
      what: 'all of it, in one order',
      before: VERSION,
      now: { ...INLINE, client_name: 'Other', redirect_uris: ['https://client.example/callback'] },
      changes: [
        { kind: 'name', before: 'Acme IDE', now: 'Other' },
        { kind: 'redirects', added: [], removed: ['http://127.0.0.1/callback'] },
        { kind: 'method', signs: true },
      ],
    },
  ])('$what', ({ before, now, changes }) => {
    expect(changesBetween(before, now)).toEqual(changes)
  })

  it.each([
    { what: 'nothing', now: INLINE },
    { what: 'the order of a list', now: { ...INLINE, redirect_uris: VERSION.redirect_uris.toReversed() } },
    {
      what: 'the order within a key',
      now: { ...INLINE, jwks: { keys: [{ y: 'b', x: 'a', crv: 'P-256', kty: 'EC' }] } },
    },
    { what: 'what nobody agrees to', now: { ...INLINE, application_type: 'native' } },
  ])('is nothing where $what differs', ({ now }) => {
    expect(changesBetween(INLINE, now)).toEqual([])
  })
})
