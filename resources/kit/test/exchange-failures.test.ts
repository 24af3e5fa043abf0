import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { DOWNSTREAM } from './setup/exchange-rules.ts'
import { type ExchangingGuard, startExchangingGuard } from './setup/exchanging-guard.ts'
import { RESOURCE } from './setup/test-issuer.ts'

let guard: ExchangingGuard
beforeEach(async () => {
  guard = await startExchangingGuard()
})

const refuse =
  (error: string, status = 400) =>
  () =>
    Response.json({ error, error_description: 'x' }, { status })

describe('a refusal of the issuer', () => {
  it.each([
    { error: 'invalid_target', code: 'INVALID_TARGET', says: '--exchange-from' },
    { error: 'invalid_scope', code: 'INVALID_SCOPE', says: 'scopes' },
    { error: 'invalid_grant', code: 'INVALID_GRANT', says: 'sign in again' },
    { error: 'invalid_client', code: 'INVALID_CLIENT', says: 'resource add' },
    { error: 'unauthorized_client', code: 'INVALID_CLIENT', says: 'resource add' },
    { error: 'invalid_request', code: 'REFUSED', says: 'invalid_request' },
  ])('by $error has its code and is not for trying again', async ({ error, code, says }) => {
    guard.issuer.answer = refuse(error)
    const { access } = await guard.arrive()
    const thrown = await guard.refusal(access)
    expect(thrown).toMatchObject({ code: `SALLYPORT_E_EXCHANGE_${code}`, oauthError: error, retryable: false })
    expect(thrown.message).toContain(says)
    expect(guard.logged).toEqual([{ code: thrown.code, detail: expect.stringContaining(error) }])
  })

  it('is never kept: the next exchange asks again', async () => {
    const { access } = await guard.arrive()
    guard.issuer.answer = refuse('invalid_scope')
    await guard.refusal(access)
    guard.issuer.answer = undefined
    expect((await guard.exchange(access)).scopes).not.toEqual([])
  })

  it('that is about one target or scope leaves what was exchanged before', async () => {
    const { access } = await guard.arrive()
    const before = await guard.exchange(access, { scope: 'mcp:issue:read' })
    for (const error of ['invalid_scope', 'invalid_target', 'invalid_request']) {
      guard.issuer.answer = refuse(error)
      await guard.refusal(access)
    }
    expect(await guard.exchange(access, { scope: 'mcp:issue:read' })).toBe(before)
  })

  it('because the grant has ended forgets what was exchanged from it before (A137)', async () => {
    const { access } = await guard.arrive()
    const other = await guard.arrive({ sub: 'bob' })
    await guard.exchange(access, { scope: 'mcp:issue:read' })
    const ofOther = await guard.exchange(other.access, { scope: 'mcp:issue:read' })
    guard.issuer.answer = refuse('invalid_grant')
    await guard.refusal(access)
    expect(await guard.refusal(access, { scope: 'mcp:issue:read' })).toMatchObject({ oauthError: 'invalid_grant' })
    expect(await guard.exchange(other.access, { scope: 'mcp:issue:read' })).toBe(ofOther)
  })

  it('because the grant has ended also forgets what was under way when it came', async () => {
    const { access } = await guard.arrive()
    let release = (): void => undefined
    guard.issuer.answer = (good) => new Promise((resolve) => (release = () => resolve(Response.json(good))))
    const early = guard.exchange(access, { scope: 'mcp:issue:read' })
    await expect.poll(() => guard.issuer.forms().length).toBe(1)
    const releaseEarly = release
    guard.issuer.answer = refuse('invalid_grant')
    await guard.refusal(access)
    releaseEarly()
    await early
    expect(await guard.refusal(access, { scope: 'mcp:issue:read' })).toMatchObject({ oauthError: 'invalid_grant' })
  })
})

describe('an issuer in trouble', () => {
  it.each([
    { what: 'answers 500', answer: () => new Response('oops', { status: 500 }) },
    { what: 'answers 429', answer: () => new Response('slow down', { status: 429 }) },
    { what: 'says server_error', answer: refuse('server_error') },
    { what: 'says temporarily_unavailable', answer: refuse('temporarily_unavailable') },
    { what: 'does not answer', answer: () => Promise.reject(new TypeError('fetch failed')) },
  ])('that $what can be asked again', async ({ answer }) => {
    guard.issuer.answer = answer
    const { access } = await guard.arrive()
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_UNAVAILABLE', retryable: true })
    guard.issuer.answer = undefined
    expect((await guard.exchange(access)).scopes).not.toEqual([])
  })
})

describe('an answer that is not what was asked for', () => {
  it.each([
    { what: 'no JSON', answer: () => new Response('<html>') },
    { what: 'a list', answer: () => Response.json([]) },
    {
      what: 'a redirect',
      answer: () => new Response(null, { status: 307, headers: { location: 'https://evil.example' } }),
    },
    { what: 'more than fits', answer: (good: object) => Response.json({ ...good, padding: 'x'.repeat(70_000) }) },
    {
      what: 'no issued_token_type',
      answer: (good: object) => Response.json({ ...good, issued_token_type: undefined }),
    },
    {
      what: 'a refresh token instead',
      answer: (good: object) =>
        Response.json({ ...good, issued_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }),
    },
    { what: 'a DPoP token', answer: (good: object) => Response.json({ ...good, token_type: 'DPoP' }) },
    { what: 'no token', answer: (good: object) => Response.json({ ...good, access_token: undefined }) },
    {
      what: 'a token that no header can carry',
      answer: (good: object) => Response.json({ ...good, access_token: 'a\r\nb' }),
    },
    { what: 'no lifetime', answer: (good: object) => Response.json({ ...good, expires_in: undefined }) },
    { what: 'a negative lifetime', answer: (good: object) => Response.json({ ...good, expires_in: -1 }) },
    {
      what: 'more scope (A130)',
      answer: (good: object) => Response.json({ ...good, scope: 'mcp:issue:read mcp:admin:x' }),
    },
    { what: 'an error that no RFC names', answer: () => Response.json({ error: 'eyJ.Secret' }, { status: 400 }) },
  ])('$what: is refused and not kept', async ({ answer }) => {
    guard.issuer.answer = answer
    const { access } = await guard.arrive()
    const options = { scope: 'mcp:issue:read' }
    expect(await guard.refusal(access, options)).toMatchObject({
      code: 'SALLYPORT_E_EXCHANGE_BAD_ANSWER',
      retryable: false,
    })
    guard.issuer.answer = undefined
    expect((await guard.exchange(access, options)).scopes).toEqual(['mcp:issue:read'])
  })

  it('the inbound token itself is refused: it would be passed through (RS-DS-01)', async () => {
    const { access, token } = await guard.arrive()
    guard.issuer.answer = (good) => Response.json({ ...good, access_token: token })
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_BAD_ANSWER' })
  })
})

describe('an exchanged token that says for whom it is', () => {
  it.each([
    { what: 'this very server, as if nobody had asked for a resource', aud: RESOURCE },
    { what: 'another API', aud: 'https://other.example.com' },
    { what: 'two APIs', aud: [DOWNSTREAM, RESOURCE] },
    { what: 'another spelling', aud: `${DOWNSTREAM}/` },
    { what: 'something that is no name', aud: 7 },
    { what: 'nobody', aud: [] },
  ])('is refused when that is $what (A129)', async ({ aud }) => {
    const wrong = await guard.issuer.sign({ aud, scope: 'mcp:issue:read' })
    guard.issuer.answer = (good) => Response.json({ ...good, access_token: wrong })
    const { access } = await guard.arrive()
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_BAD_ANSWER' })
    expect(guard.logged).toEqual([{ code: expect.any(String), detail: 'access_token has another audience' }])
  })

  it.each([
    { what: 'names the API in a list of one', make: () => guard.issuer.sign({ aud: [DOWNSTREAM] }) },
    { what: 'is opaque', make: async () => 'opaque-0123456789' },
  ])('is taken when it $what', async ({ make }) => {
    const accessToken = await make()
    guard.issuer.answer = (good) => Response.json({ ...good, access_token: accessToken })
    const { access } = await guard.arrive()
    expect((await guard.exchange(access)).accessToken).toBe(accessToken)
  })
})

describe('the token endpoint', () => {
  it.each([
    { what: 'that the metadata does not have', endpoint: undefined },
    { what: 'on http, of an https issuer', endpoint: 'http://auth.example.com/token' },
    { what: 'on this machine, of an issuer elsewhere', endpoint: 'http://127.0.0.1:8080/token' },
    { what: 'with a password in it', endpoint: 'https://user:secret@auth.example.com/token' },
    { what: 'that is no URL', endpoint: '/token' },
  ])('$what gets no credentials', async ({ endpoint }) => {
    guard.issuer.metadata = { token_endpoint: endpoint }
    const { access } = await guard.arrive()
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_UNSUPPORTED' })
    expect(guard.issuer.sent.filter(({ method }) => method === 'POST')).toEqual([])
  })
})

describe('secrets', () => {
  it('are in no error and no log line, even if the issuer echoes them (G23)', async () => {
    const { access, token } = await guard.arrive()
    const echoes = [
      () => Response.json({ error: 'invalid_grant', error_description: token }, { status: 400 }),
      () => Response.json({ error: token }, { status: 400 }),
      () => new Response(token, { status: 500 }),
      () => Promise.reject(new TypeError('fetch failed')),
      (good: object) => Response.json({ ...good, token_type: token }),
      (good: object) => Response.json({ ...good, scope: token }),
    ]
    for (const answer of echoes) {
      guard.issuer.answer = answer
      const error = await guard.refusal(access, { scope: 'mcp:issue:read' })
      const assertion = guard.issuer.forms().at(-1)?.get('client_assertion') ?? 'no assertion'
      const told = inspect(error, { depth: 9, showHidden: true }) + error.message + JSON.stringify(guard.logged)
      expect(told).not.toContain(token)
      expect(told).not.toContain(assertion)
    }
  })

  it('are nowhere in the guard for those who look into it', async () => {
    const { access, token } = await guard.arrive()
    const { accessToken } = await guard.exchange(access)
    const seen = inspect(guard.guard, { depth: 20, showHidden: true })
    for (const secret of [token, accessToken, String(guard.issuer.clientKey.d)]) expect(seen).not.toContain(secret)
  })
})
