import { describe, expect, it } from 'vitest'
import { scopeChecks } from '../../src/server/scopes/scope-checks.ts'
import { faultyIn, findingsOf, unsoundIn } from './setup/finding-of.ts'
import { type Behaviour, SOUND } from './setup/small-server.ts'

const metadataOf = (url: string): string => new URL('/.well-known/oauth-protected-resource/mcp', url).href
/** Listing is free, writing is not. */
const scopes = { '': [], write: ['notes:read', 'notes:write'], '*': [] }

/** One fault each, and the checks that name it. */
const FAULTS: Record<string, { change: Partial<Behaviour>; named: readonly string[] }> = {
  'refuses without saying for what (RS-403-01)': {
    change: {
      challenge: (world, error, scope) =>
        error === 'insufficient_scope' ? 'Bearer error="access_denied"' : SOUND.challenge(world, error, scope),
    },
    named: ['scope-refusal'],
  },
  'does not say where the metadata is (RS-403-01)': {
    change: {
      challenge: (world, error, scope) =>
        SOUND.challenge(world, error, scope).replace(
          error === 'insufficient_scope' ? /, resource_metadata.*/ : /$^/,
          '',
        ),
    },
    named: ['scope-refusal'],
  },
  'asks for one scope after the other (RS-403-02)': {
    change: {
      scopes,
      scopeChallenge: (needed, granted) => needed.filter((scope) => !granted.includes(scope)).slice(0, 1),
    },
    named: ['scope-challenge-complete'],
  },
  'looks at scopes before expiry (RS-401-05)': { change: { expiredFirst: false }, named: ['expiry-before-scope'] },
  'decides by the header (RS-TR-05, R19)': {
    change: {
      scopes,
      namesMustAgree: false,
      needed: (rpc, { headers }) => (rpc.method === 'tools/call' ? String(headers['mcp-name']) : ''),
    },
    named: ['headers-match-body', 'header-elevation'],
  },
  'decides by the header what more than listing needs (RS-TR-05, R19)': {
    change: {
      namesMustAgree: false,
      needed: (rpc, { headers }) =>
        headers['mcp-method'] === rpc.method ? (rpc.method === 'tools/call' ? String(rpc.params?.name) : '') : '',
    },
    named: ['headers-match-body', 'header-elevation'],
  },
  'judges the first member of a batch (RS-403-06, R22)': {
    change: { scopes, transport: 'session', takesBatches: true },
    named: ['batch-elevation'],
  },
  'asks for scopes that the token has (RS-403-07)': {
    change: {
      door: ({ body }, { url }) =>
        body.includes('no_such_tool') && !body.includes('[')
          ? {
              status: 403,
              headers: {
                'www-authenticate': `Bearer error="insufficient_scope", scope="notes:read", resource_metadata="${metadataOf(url)}"`,
              },
            }
          : undefined,
    },
    named: ['refusal-beyond-scope'],
  },
}

describe('scopes: a server that', () => {
  it.each(['stateless', 'session'] as const)('is sound is found sound in every question (%s)', async (transport) => {
    expect(unsoundIn(await findingsOf(scopeChecks, { transport }))).toEqual([])
    expect(unsoundIn(await findingsOf(scopeChecks, { transport, scopes }))).toEqual([])
  })

  it.each(Object.entries(FAULTS))('%s is named for that, and for nothing else', async (_, { change, named }) => {
    expect(faultyIn(await findingsOf(scopeChecks, change))).toEqual(named)
  })

  it('guards nothing that may be asked for has nothing to answer', async () => {
    const found = await findingsOf(scopeChecks, { scopes: { '*': [] } }, [])
    expect(found.get('scope-refusal')).toMatchObject({
      kind: 'not-applicable',
      detail: expect.stringContaining('--call'),
    })
  })
})
