import { authInfoOf } from '@sallyport/resource'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_ID } from './setup/exchange-issuer.ts'
import { DOWNSTREAM } from './setup/exchange-rules.ts'
import { type ExchangingGuard, startExchangingGuard } from './setup/exchanging-guard.ts'
import { RESOURCE } from './setup/test-issuer.ts'

let guard: ExchangingGuard
beforeEach(async () => {
  guard = await startExchangingGuard()
})

describe('guard.exchange', () => {
  it('answers a token for the downstream API, with what was asked and no more (RS-DS-02)', async () => {
    const { access, token } = await guard.arrive()
    const downstream = await guard.exchange(access, { scope: 'mcp:issue:read' })
    expect(downstream).toEqual({
      accessToken: expect.any(String),
      scopes: ['mcp:issue:read'],
      resource: DOWNSTREAM,
      expiresAt: guard.issuer.now + 300,
    })
    expect(downstream.accessToken).not.toBe(token)
    expect(decodeJwt(downstream.accessToken)).toMatchObject({ aud: DOWNSTREAM, sub: 'alice', act: { sub: CLIENT_ID } })
  })

  it('sends the request of RFC 8693 and no secret outside its body', async () => {
    const { access, token } = await guard.arrive()
    await guard.exchange(access, { scope: ['mcp:issue:read'] })
    const [form] = guard.issuer.forms()
    expect(Object.fromEntries(form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      resource: DOWNSTREAM,
      scope: 'mcp:issue:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: expect.any(String),
    })
    const sent = guard.issuer.sent.at(-1)
    expect(sent).toMatchObject({ url: `${guard.issuer.issuer}/token`, method: 'POST' })
    expect(sent?.headers.get('authorization')).toBeNull()
  })

  it('signs an assertion for the issuer alone, of one minute and one use (RFC 7523)', async () => {
    const { access } = await guard.arrive()
    await guard.exchange(access)
    await guard.exchange(access, { scope: 'mcp:issue:read' })
    const assertions = guard.issuer.forms().map((form) => form.get('client_assertion') ?? '')
    expect(decodeProtectedHeader(assertions[0] ?? '')).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'client-1' })
    const claims = assertions.map((assertion) => decodeJwt(assertion))
    expect(claims[0]).toEqual({
      iss: CLIENT_ID,
      sub: CLIENT_ID,
      aud: guard.issuer.issuer,
      jti: expect.any(String),
      iat: guard.issuer.now,
      exp: guard.issuer.now + 60,
    })
    expect(claims[0]?.jti).not.toBe(claims[1]?.jti)
  })

  it('takes the AuthInfo of the SDKs as well, and finds the same token by it', async () => {
    const { access } = await guard.arrive()
    const byAccess = await guard.exchange(access)
    expect(await guard.guard.exchange(authInfoOf(access), { resource: DOWNSTREAM })).toBe(byAccess)
  })

  it('works for tokens that only the verifier saw', async () => {
    const info = await guard.guard.verifier.verifyAccessToken(await guard.issuer.sign({ scope: 'mcp:issue:read' }))
    expect((await guard.guard.exchange(info, { resource: DOWNSTREAM })).scopes).toEqual(['mcp:issue:read'])
  })

  it('leaves the scope out of the request when none is named', async () => {
    const { access } = await guard.arrive()
    const downstream = await guard.exchange(access)
    expect(guard.issuer.forms()[0]?.has('scope')).toBe(false)
    expect(downstream.scopes).toEqual(['mcp:issue:read', 'mcp:issue:create'])
  })

  it('reads an answer without scope as the scope that was asked for (RFC 8693 §2.2.1)', async () => {
    guard.issuer.answer = ({ scope: _, ...rest }) => Response.json(rest)
    const { access } = await guard.arrive()
    expect((await guard.exchange(access, { scope: 'mcp:issue:read' })).scopes).toEqual(['mcp:issue:read'])
  })

  it('hands out nothing that a caller could change for the next one', async () => {
    const { access } = await guard.arrive()
    const downstream = await guard.exchange(access)
    expect(Object.isFrozen(downstream) && Object.isFrozen(downstream.scopes)).toBe(true)
  })
})

describe('guard.exchange refuses before it asks the issuer', () => {
  it.each([
    { what: 'its own resource', options: { resource: RESOURCE } },
    { what: 'its own resource in another spelling', options: { resource: 'HTTPS://mcp.example.com:443/mcp' } },
    { what: 'a resource that is no URL', options: { resource: 'orders' } },
    { what: 'a resource on public http', options: { resource: 'http://api.example.com' } },
    { what: 'an empty scope, which would mean everything', options: { scope: '' } },
    { what: 'an empty list of scopes, which would mean everything', options: { scope: [] } },
    { what: 'a list with something that is no scope', options: { scope: ['mcp:issue:read mcp:issue:create'] } },
  ])('$what', async ({ options }) => {
    const { access } = await guard.arrive()
    expect(await guard.refusal(access, options)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_ARGUMENTS' })
    expect(guard.issuer.forms()).toEqual([])
  })

  it.each([
    { what: 'a handle that never came', subject: { handle: `at:${'0'.repeat(64)}` } },
    { what: 'no access at all', subject: undefined },
    { what: 'an AuthInfo of another verifier, with the token in it', subject: { token: 'eyJ.eyJ.sig' } },
    { what: 'something else', subject: { handle: 7 } as unknown as { handle: string } },
  ])('$what', async ({ subject }) => {
    await guard.arrive()
    const outcome = guard.guard.exchange(subject, { resource: DOWNSTREAM })
    await expect(outcome).rejects.toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS', retryable: false })
    expect(guard.issuer.forms()).toEqual([])
  })

  it('an access whose token has expired meanwhile', async () => {
    const { access } = await guard.arrive({ exp: guard.issuer.now + 20 })
    await guard.exchange(access)
    guard.issuer.now += 20
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS' })
  })

  it('an access of another guard', async () => {
    const other = await startExchangingGuard()
    const { access } = await other.arrive()
    expect(await guard.refusal(access)).toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS' })
  })

  it('a token that was refused when it came', async () => {
    const foreign = await guard.issuer.sign({ aud: 'https://other.example.com/mcp' })
    await expect(guard.guard.verifier.verifyAccessToken(foreign)).rejects.toThrow()
    const { handleOf } = await import('../src/access.ts')
    const outcome = guard.guard.exchange({ handle: await handleOf(foreign) }, { resource: DOWNSTREAM })
    await expect(outcome).rejects.toMatchObject({ code: 'SALLYPORT_E_EXCHANGE_UNKNOWN_ACCESS' })
  })

  it('everything when the resource has no client, and says what is missing', async () => {
    const without = await startExchangingGuard({ client: undefined } as object)
    const { access } = await without.arrive()
    const error = await without.refusal(access)
    expect(error.code).toBe('SALLYPORT_E_EXCHANGE_NO_CLIENT')
    expect(error.message).toContain('sallyport resource add')
  })
})
