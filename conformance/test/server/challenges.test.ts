import { describe, expect, it } from 'vitest'
import { challengeChecks } from '../../src/server/challenges/challenge-checks.ts'
import { faultyIn, findingsOf, unsoundIn } from './setup/finding-of.ts'
import { type Behaviour, json, type SmallRequest, type SmallWorld, SOUND } from './setup/small-server.ts'

const metadataOf = ({ url }: SmallWorld): string => new URL('/.well-known/oauth-protected-resource/mcp', url).href

/** A server that pages of any origin may call, and what its preflight answers. */
const open = (change: Partial<Behaviour> = {}): Partial<Behaviour> => ({
  cors: { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'WWW-Authenticate' },
  foreign: () => false,
  door: ({ method }) =>
    method === 'OPTIONS'
      ? {
          status: 204,
          headers: {
            'access-control-allow-origin': '*',
            'access-control-allow-headers': 'authorization, content-type',
          },
        }
      : undefined,
  ...change,
})

/** One fault each, and the checks that name it. */
const FAULTS: Record<string, { change: Partial<Behaviour>; named: readonly string[] }> = {
  'breaks the grammar (RS-401-07)': {
    change: { challenge: (world, error, scope) => SOUND.challenge(world, error, scope).replaceAll(',', '') },
    named: ['challenge-grammar'],
  },
  'does not name the metadata (RS-401-02)': {
    change: { challenge: (_, error, scope) => `Bearer ${error ? `error="${error}", ` : ''}scope="${scope}"` },
    named: ['challenge-names-metadata'],
  },
  'names the metadata by a path alone (RS-401-02)': {
    change: {
      challenge: (world, error, scope) => SOUND.challenge(world, error, scope).replace(new URL(world.url).origin, ''),
    },
    named: ['challenge-metadata-resolves'],
  },
  'names metadata that is not there (RS-401-02)': {
    change: { challenge: (world, error, scope) => SOUND.challenge(world, error, scope).replace('/mcp"', '/nowhere"') },
    named: ['challenge-metadata-resolves'],
  },
  'says invalid_token to who sent none (RS-401-04)': {
    change: { challenge: (world, error, scope) => SOUND.challenge(world, error ?? 'invalid_token', scope) },
    named: ['challenge-without-error'],
  },
  'says nothing of a token that was refused (RS-401-04)': {
    change: { challenge: (world, _, scope) => SOUND.challenge(world, undefined, scope) },
    named: ['challenge-invalid-token'],
  },
  'names no scopes (RS-401-03)': {
    change: {
      challenge: (world, error) =>
        `Bearer ${error ? `error="${error}", ` : ''}resource_metadata="${metadataOf(world)}"`,
    },
    named: ['challenge-scope'],
  },
  'asks for offline_access (RS-PRM-07)': {
    change: { challenge: (world, error, scope) => SOUND.challenge(world, error, `${scope} offline_access`) },
    named: ['challenge-scopes-no-sign-in'],
  },
  'is of another scheme (RS-401-01)': {
    change: { challenge: () => 'Basic realm="notes"' },
    named: ['challenge-present'],
  },
  'has an empty body (RS-401-07)': { change: { refusalBody: () => '' }, named: ['refusal-body'] },
  'has a page of HTML for a body (RS-401-07)': {
    change: { refusalBody: () => '<html>Unauthorized</html>' },
    named: ['refusal-body'],
  },
  'comes with a stack trace (RS-401-10)': {
    change: {
      refusalBody: () => JSON.stringify({ stack: 'Error: x\n    at verify (file:///app/src/verify.ts:12:3)' }),
    },
    named: ['refusal-tells-nothing'],
  },
  'comes for DELETE without a header (RS-401-06)': {
    change: { door: ({ method }) => (method === 'DELETE' ? { status: 401 } : undefined) },
    named: ['refusal-before-method'],
  },
  'cannot be read by a page that may call (RS-401-08)': {
    change: open({ cors: { 'access-control-allow-origin': '*' } }),
    named: ['refusal-readable-cross-origin'],
  },
  'meets the preflight too (RS-401-08)': {
    change: open({ door: () => undefined }),
    named: ['preflight-without-token'],
  },
}

describe('challenges: a refusal that', () => {
  it('is sound is found sound in every question', async () => {
    expect(unsoundIn(await findingsOf(challengeChecks))).toEqual([])
  })

  it('is sound, of a server with sessions, is found sound in every question', async () => {
    expect(unsoundIn(await findingsOf(challengeChecks, { transport: 'session' }))).toEqual([])
  })

  it('is sound, of a server that is open to pages, is found sound in every question', async () => {
    expect(unsoundIn(await findingsOf(challengeChecks, open()))).toEqual([])
  })

  it.each(Object.entries(FAULTS))('%s is named for that, and for nothing else', async (_, { change, named }) => {
    expect(faultyIn(await findingsOf(challengeChecks, change))).toEqual(named)
  })

  it.each([
    [
      'GET',
      'refusal-before-method',
      { door: ({ method }: SmallRequest) => (method === 'GET' ? { status: 405 } : undefined) },
    ],
    [
      'a version',
      'refusal-before-version',
      {
        door: ({ headers }: SmallRequest) =>
          headers['mcp-protocol-version'] === '1999-01-01' ? json(400, {}) : undefined,
      },
    ],
  ] as const)('comes after %s was judged is doubtful (RS-401-06)', async (_, id, change: Partial<Behaviour>) => {
    expect((await findingsOf(challengeChecks, change)).get(id)?.kind).toBe('doubtful')
  })

  it.each([
    [403, 'faulty'],
    [500, 'doubtful'],
  ] as const)('of a token that is none is %i is %s (RS-401-01)', async (status, kind) => {
    const door: Behaviour['door'] = ({ headers }) =>
      headers.authorization?.includes('not-a-token') ? json(status, {}) : undefined
    expect((await findingsOf(challengeChecks, { door })).get('garbage-token-refused')?.kind).toBe(kind)
  })

  it('never comes, because whatever is sent is accepted, is a fault (RS-401-01)', async () => {
    const door: Behaviour['door'] = ({ headers }) =>
      headers.authorization?.includes('not-a-token')
        ? json(200, { jsonrpc: '2.0', id: 1, result: { tools: [] } })
        : undefined
    expect(faultyIn(await findingsOf(challengeChecks, { door }))).toEqual(['garbage-token-refused'])
  })
})
