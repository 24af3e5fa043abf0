import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, type GuardedServer, request, startGuardedServer } from './setup/guarded-server.ts'
import { RESOURCE, startTestIssuer, type TestIssuer } from './setup/test-issuer.ts'

const ENDED = 'grant-that-ended'
const LIVE = 'grant-that-lives'
const FEED_TYPE = 'sallyport-revocations+jwt'
const WRITES = 'mcp:issue:read mcp:issue:create'

interface FeedChange {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
}

let issuer: TestIssuer
/** What the feed answers; undefined is an outage. */
let feed: (() => Promise<string>) | undefined
let asked: number
let clock: number
let server: GuardedServer

beforeEach(async () => {
  issuer = await startTestIssuer()
  clock = Math.floor(Date.now() / 1000)
  asked = 0
  feed = () => signFeed()
  issuer.behaviour.metadata = (path) =>
    path === '/.well-known/oauth-authorization-server' ? { body: JSON.stringify(metadataOf(issuer.issuer)) } : undefined
  server = await startGuardedServer(issuer, { fetch: throughFeed, clock: () => clock })
})
afterEach(() => issuer.close())

function metadataOf(origin: string): object {
  const resource_revocations_uri_template = `${origin}/resources/{resource}/revocations`
  return {
    issuer: origin,
    jwks_uri: `${origin}/keys`,
    token_endpoint: `${origin}/token`,
    resource_revocations_uri_template,
  }
}

const throughFeed: typeof fetch = async (input, init) => {
  const url = String(input)
  if (url !== `${issuer.issuer}/resources/${encodeURIComponent(RESOURCE)}/revocations`) return fetch(input, init)
  asked += 1
  return feed === undefined ? new Response('', { status: 503 }) : new Response(await feed())
}

function signFeed({ claims, header }: FeedChange = {}): Promise<string> {
  const said = { iat: clock, exp: clock + 60, revoked: [ENDED], sub: undefined, client_id: undefined, ...claims }
  return issuer.sign(said, { typ: FEED_TYPE, ...header })
}

const tokenOf = (gid: string | undefined, scope = WRITES): Promise<string> =>
  issuer.sign({ gid, scope, exp: clock + 3_600 })
const reading = call('issue_read')
const writing = call('issue_create')

describe('a token whose grant has ended', () => {
  it('is refused although it has not expired (RS-TOK-06, AS-REV-02)', async () => {
    const answer = await server.post(reading, await tokenOf(ENDED))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(server.logged).toEqual([{ code: 'SALLYPORT_E_TOKEN_REVOKED', detail: `grant ${ENDED} has ended` }])
  })

  it('is refused within seconds of the feed saying so', async () => {
    const token = await tokenOf(LIVE)
    expect((await server.post(writing, token)).status).toBe(200)
    feed = () => signFeed({ claims: { revoked: [ENDED, LIVE] } })
    clock += 2
    expect((await server.post(writing, token)).status).toBe(401)
  })

  it('is refused by the verifier of the SDKs as well', async () => {
    await expect(server.guard.verifier.verifyAccessToken(await tokenOf(ENDED))).rejects.toMatchObject({
      reason: 'SALLYPORT_E_TOKEN_REVOKED',
    })
  })
})

describe('a token of a live grant', () => {
  it.each([LIVE, undefined])('is taken: gid %s', async (gid) => {
    expect((await server.post(writing, await tokenOf(gid))).status).toBe(200)
  })

  it('makes nobody ask for the feed more often than every two seconds, however many calls come', async () => {
    const token = await tokenOf(LIVE)
    await Promise.all(Array.from({ length: 20 }, () => server.post(reading, token)))
    expect(asked).toBe(1)
    clock += 1
    await server.post(reading, token)
    expect(asked).toBe(1)
    clock += 1
    await server.post(reading, token)
    expect(asked).toBe(2)
  })
})

describe('a token of a grant of which a scope was taken back', () => {
  beforeEach(() => {
    feed = () => signFeed({ claims: { narrowed: { [LIVE]: ['mcp:issue:create'] } } })
  })

  it('does no more what that scope allowed, and goes on with the others (I3, RS-TOK-06)', async () => {
    const token = await tokenOf(LIVE)
    const answer = await server.post(writing, token)
    expect(answer.status).toBe(403)
    expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect((await server.post(reading, token)).status).toBe(200)
    expect((await server.guard.verifier.verifyAccessToken(token)).scopes).toEqual(['mcp:issue:read'])
  })

  it('is told from tokens of every other grant', async () => {
    expect((await server.post(writing, await tokenOf('another-grant'))).status).toBe(200)
  })
})

describe('while no feed can be had', () => {
  it('everything goes on for a minute, then reading alone, and what does more is told to come back', async () => {
    const token = await tokenOf(LIVE)
    await server.post(reading, token)
    feed = undefined
    clock += 59
    expect((await server.post(writing, token)).status).toBe(200)
    clock += 2
    expect((await server.post(writing, token)).status).toBe(503)
    expect((await server.post(reading, token)).status).toBe(200)
    expect((await server.post(request('tools/list'), token)).status).toBe(200)
  })

  it('a batch goes no further than its gravest call', async () => {
    feed = undefined
    expect((await server.post([call('issue_read', 1), call('issue_create', 2)], await tokenOf(LIVE))).status).toBe(503)
  })

  it('what was known to have ended stays ended', async () => {
    const token = await tokenOf(ENDED)
    await server.post(reading, token)
    feed = undefined
    clock += 300
    expect((await server.post(reading, token)).status).toBe(401)
  })

  it('the verifier, which knows of no tool, goes by what the token could do', async () => {
    feed = undefined
    const { verifier } = server.guard
    await expect(verifier.verifyAccessToken(await tokenOf(LIVE))).rejects.toMatchObject({
      errorCode: 'temporarily_unavailable',
    })
    clock += 1
    expect(await verifier.verifyAccessToken(await tokenOf(LIVE, 'mcp:issue:read'))).toMatchObject({
      scopes: ['mcp:issue:read'],
    })
  })

  it('all of it comes back with the feed', async () => {
    feed = undefined
    const token = await tokenOf(LIVE)
    expect((await server.post(writing, token)).status).toBe(503)
    feed = () => signFeed()
    clock += 1
    expect((await server.post(writing, token)).status).toBe(200)
  })
})

describe('a feed that cannot be believed says nothing', () => {
  const strangers: readonly (FeedChange & { readonly what: string })[] = [
    { what: 'for another resource', claims: { aud: 'https://other.example.com/mcp' } },
    { what: 'of another issuer', claims: { iss: 'https://other.example.com' } },
    { what: 'that is too old', claims: { iat: -3_600, exp: -3_540 } },
    { what: 'that claims to be good for an hour', claims: { exp: 3_600 } },
    { what: 'of the future', claims: { iat: 600, exp: 660 } },
    { what: 'without a list', claims: { revoked: undefined } },
    { what: 'with a list of something else', claims: { revoked: [1] } },
    { what: 'that is narrowed by something else', claims: { narrowed: { [LIVE]: 'mcp:issue:create' } } },
    { what: 'that is narrowed by a number', claims: { narrowed: 1 } },
    { what: 'without times', claims: { iat: undefined, exp: undefined } },
    { what: 'that is an access token', header: { typ: 'at+jwt' } },
    { what: 'that is any other token', header: { typ: 'JWT' } },
    { what: 'by a key that the issuer does not have', header: { kid: 'another' } },
  ]

  it.each(strangers)('$what', async ({ claims = {}, header = {} }) => {
    const times = Object.fromEntries(
      (['iat', 'exp'] as const).flatMap((name) =>
        typeof claims[name] === 'number' ? [[name, clock + claims[name]] as const] : [],
      ),
    )
    feed = () => signFeed({ claims: { revoked: [], ...claims, ...times }, header })
    expect((await server.post(writing, await tokenOf(LIVE))).status).toBe(503)
    expect(server.logged.map(({ code }) => code)).toContain('SALLYPORT_E_REVOCATIONS_UNAVAILABLE')
  })

  it('whose signature does not hold', async () => {
    feed = async () => `${(await signFeed()).slice(0, -8)}AAAAAAAA`
    expect((await server.post(writing, await tokenOf(LIVE))).status).toBe(503)
  })

  it('that is older than the last one, which somebody held back', async () => {
    const token = await tokenOf(LIVE)
    const before = await signFeed({ claims: { iat: clock - 10, exp: clock + 50, revoked: [] } })
    feed = () => signFeed({ claims: { revoked: [LIVE] } })
    expect((await server.post(reading, token)).status).toBe(401)
    feed = async () => before
    clock += 5
    expect((await server.post(reading, token)).status).toBe(401)
  })
})

describe('an issuer that names no feed', () => {
  it('leaves tokens to their expiry, and the guard says so once', async () => {
    delete issuer.behaviour.metadata
    expect((await server.post(writing, await tokenOf(ENDED))).status).toBe(200)
    await server.post(writing, await tokenOf(LIVE))
    expect(server.logged.map(({ code }) => code)).toEqual(['SALLYPORT_E_NO_REVOCATIONS'])
    expect(asked).toBe(0)
  })

  it('is told when the guard becomes ready, before any request', async () => {
    delete issuer.behaviour.metadata
    expect(await server.guard.ready()).toBe(true)
    expect(server.logged.map(({ code }) => code)).toEqual(['SALLYPORT_E_NO_REVOCATIONS'])
    await server.post(writing, await tokenOf(LIVE))
    expect(server.logged).toHaveLength(1)
  })

  it.each(['https://elsewhere.example/{resource}', 'not an address', 42])('names none by %s', async (address) => {
    issuer.behaviour.metadata = () => ({
      body: JSON.stringify({ ...metadataOf(issuer.issuer), resource_revocations_uri_template: address }),
    })
    expect((await server.post(writing, await tokenOf(ENDED))).status).toBe(200)
    expect(asked).toBe(0)
  })
})
