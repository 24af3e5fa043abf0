import { describe, expect, it } from 'vitest'
import { placementChecks } from '../../src/server/placement/placement-checks.ts'
import { faultyIn, findingsOf, unsoundIn } from './setup/finding-of.ts'
import { type Behaviour, SOUND } from './setup/small-server.ts'

const firstHeader: Behaviour['credentials'] = ({ headers }) => /^bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]

/** One fault each, and the checks that name it. */
const FAULTS: Record<string, { change: Partial<Behaviour>; named: readonly string[] }> = {
  'counts tokens in the query (RS-TOK-01)': {
    change: { credentials: (request) => SOUND.credentials(request) ?? request.query.get('access_token') ?? undefined },
    named: ['token-in-query'],
  },
  'prefers tokens in the query (RS-TOK-01)': {
    change: { credentials: (request) => request.query.get('access_token') ?? SOUND.credentials(request) },
    named: ['token-in-query', 'token-in-query-beside-header'],
  },
  'counts tokens in the body (RS-TOK-01)': {
    change: {
      credentials: (request) => SOUND.credentials(request) ?? /"access_token":"([^"]+)"/.exec(request.body)?.[1],
    },
    named: ['token-in-body'],
  },
  'counts tokens in cookies (RS-TOK-01)': {
    change: {
      credentials: (request) =>
        SOUND.credentials(request) ?? /access_token=([^;]+)/.exec(request.headers.cookie ?? '')?.[1],
    },
    named: ['token-in-cookie'],
  },
  'takes whichever of two headers is good (RS-400-01)': {
    change: {
      credentials: ({ rawHeaders }) =>
        rawHeaders
          .map((value) => /^bearer (.+)$/i.exec(value)?.[1])
          .findLast((token) => token?.startsWith('ey') === true) ??
        (rawHeaders.includes('authorization') ? 'none' : undefined),
    },
    named: ['credentials-twice'],
  },
  'knows Bearer with a capital alone (RS-TOK-01)': {
    change: {
      credentials: (request) =>
        request.headers.authorization?.startsWith('bearer') ? undefined : SOUND.credentials(request),
    },
    named: ['scheme-in-any-case'],
  },
  'lets a session stand for its token (RS-TOK-02)': {
    change: { transport: 'session', tokenEveryTime: false },
    named: ['every-request-needs-token', 'session-end-needs-token'],
  },
  'gives the stream to whoever has the session (RS-TOK-02)': {
    change: {
      transport: 'session',
      door: ({ method, headers }) =>
        method === 'GET' && headers['mcp-session-id'] !== undefined
          ? { status: 200, headers: { 'content-type': 'text/event-stream' }, body: 'data: {}\n\n' }
          : undefined,
    },
    named: ['stream-needs-token'],
  },
  'gives a session to whoever has its id (RS-TR-12, R15)': {
    change: { transport: 'session', sessionOwner: () => true },
    named: ['session-of-another'],
  },
}

describe('placement: a server that', () => {
  it.each(['stateless', 'session'] as const)('is sound is found sound in every question (%s)', async (transport) => {
    expect(unsoundIn(await findingsOf(placementChecks, { transport }))).toEqual([])
  })

  it.each(Object.entries(FAULTS))('%s is named for that, and for nothing else', async (_, { change, named }) => {
    expect(faultyIn(await findingsOf(placementChecks, change))).toEqual(named)
  })

  it('counts tokens in forms is named for that (RS-TOK-01)', async () => {
    const door: Behaviour['door'] = ({ headers, body }) =>
      headers['content-type']?.includes('form') && new URLSearchParams(body).has('access_token')
        ? {
            status: 200,
            headers: { 'content-type': 'application/json' },
            body: '{"jsonrpc":"2.0","id":"1","result":{}}',
          }
        : undefined
    expect(faultyIn(await findingsOf(placementChecks, { door }))).toEqual(['token-in-form'])
  })

  it('looks at the first of two headers, as its HTTP parser does, is in doubt and not accused (RS-400-01)', async () => {
    const found = await findingsOf(placementChecks, { credentials: firstHeader })
    expect(found.get('credentials-twice')?.kind).toBe('doubtful')
  })

  it('accepts no token at all is asked nothing that needs one', async () => {
    const found = await findingsOf(placementChecks, { credentials: () => undefined })
    expect([...found.values()].map(({ kind }) => kind)).not.toContain('faulty')
    expect(found.get('token-in-query')?.kind).toBe('incomplete')
  })
})
