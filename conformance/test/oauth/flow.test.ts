import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  PASSWORD,
  RESOURCE,
  startTestServer,
  type TestServer,
} from '../../../server/test/setup/authorization-server.ts'
import type { Answers } from '../../src/browser/browser.ts'
import { createBrowser } from '../../src/browser/create-browser.ts'
import { buildAuthorizationRequest } from '../../src/oauth/authorization-request.ts'
import type { AuthorizationServer, OAuthClient } from '../../src/oauth/authorization-server.ts'
import { findAuthorizationServer } from '../../src/oauth/find-authorization-server.ts'
import { readRedirect } from '../../src/oauth/redirect.ts'
import { nativeClient, registerClient } from '../../src/oauth/registration.ts'
import {
  buildTokenRequest,
  codeGrant,
  readTokenAnswer,
  refreshGrant,
  requestToken,
} from '../../src/oauth/token-request.ts'
import { revokeToken } from '../../src/oauth/token-state.ts'
import { redactExchanges } from '../../src/report/redaction.ts'
import type { Wire } from '../../src/wire/wire.ts'
import { type OpenProvider, openOidcProvider, PROVIDER_CLIENT } from '../setup/open-oidc-provider.ts'
import { openTestWire } from '../setup/test-wire.ts'

const REDIRECT = 'http://127.0.0.1:51777/callback'
const ALICE: Answers = { person: { login: 'alice', password: PASSWORD }, decision: 'allow' }

async function found(wire: Wire, issuer: string): Promise<AuthorizationServer> {
  const search = await findAuthorizationServer(wire, issuer)
  if (search.kind !== 'found') throw new Error(search.kind)
  return search.server
}

describe('a client made of oauth/ and browser/, at Sallyport', () => {
  let sallyport: TestServer
  let test: ReturnType<typeof openTestWire>
  let server: AuthorizationServer
  let client: OAuthClient
  beforeAll(async () => {
    sallyport = await startTestServer({ path: '/tenant' })
    test = openTestWire()
    server = await found(test.wire, sallyport.issuer)
    const answer = await registerClient(test.wire, server, nativeClient(REDIRECT))
    if (answer.kind !== 'registered') throw new Error(answer.kind)
    client = answer.client
  })
  afterAll(async () => {
    await test.close()
    await sallyport.close()
  })

  const authorize = async (answers = ALICE, scopes = ['mcp:issue:read', 'mcp:repositories:list']) => {
    const request = buildAuthorizationRequest(server, client, { resource: RESOURCE, scopes })
    const arrival = await createBrowser(test.wire).authorize(request.url, REDIRECT, answers)
    if (arrival.kind !== 'redirected')
      throw new Error(`${arrival.kind}: ${'why' in arrival ? arrival.why : arrival.answer.body}`)
    return { request, answer: readRedirect(arrival.to), pages: arrival.pages }
  }

  const redeem = async (answers = ALICE, scopes?: string[]) => {
    const { request, answer } = await authorize(answers, scopes)
    if (answer.kind !== 'code') throw new Error(answer.kind)
    const tokens = await requestToken(test.wire, server, client, codeGrant(answer.code, request))
    if (tokens.kind !== 'tokens') throw new Error(JSON.stringify(tokens))
    return { request, code: answer.code, tokens: tokens.tokens }
  }

  it('finds the metadata of an issuer with a path, registers, signs in, consents and gets tokens', async () => {
    const { request, answer } = await authorize()
    expect(answer).toMatchObject({ kind: 'code', state: request.state, iss: sallyport.issuer })
    const { tokens } = await redeem()
    expect(tokens).toMatchObject({ scope: expect.stringContaining('mcp:issue:read'), refreshToken: expect.any(String) })
  })

  it('gets the scopes that it ticks and no others', async () => {
    const { tokens } = await redeem({ ...ALICE, scopes: ['mcp:repositories:list'] })
    expect(tokens.scope).not.toContain('mcp:issue:create')
  })

  it('brings back what the person denied', async () => {
    const { answer } = await authorize({ ...ALICE, decision: 'deny' }, ['mcp:issue:create'])
    expect(answer).toMatchObject({ kind: 'error', error: 'access_denied' })
  })

  it('finds the person signed in the second time, because cookies stay', async () => {
    const browser = createBrowser(test.wire)
    for (const needsPassword of [true, false]) {
      const request = buildAuthorizationRequest(server, client, { resource: RESOURCE, scopes: ['mcp:issue:read'] })
      const arrival = await browser.authorize(request.url, REDIRECT, ALICE)
      expect(arrival.kind).toBe('redirected')
      expect(arrival.pages.some(({ body }) => body.includes('type="password"'))).toBe(needsPassword)
    }
  })

  it('is stuck at the sign-in form with a wrong password', async () => {
    const request = buildAuthorizationRequest(server, client, { resource: RESOURCE })
    const person = { login: 'alice', password: 'wrong' }
    const arrival = await createBrowser(test.wire).authorize(request.url, REDIRECT, { ...ALICE, person })
    expect(arrival).toMatchObject({ kind: 'stuck', why: expect.stringContaining('password') })
  })

  it('ends at an error page when the redirect URI is a stranger', async () => {
    const stranger = 'https://stranger.example/callback'
    const request = buildAuthorizationRequest(server, { ...client, redirectUri: stranger }, { resource: RESOURCE })
    expect(await createBrowser(test.wire).authorize(request.url, stranger, ALICE)).toMatchObject({ kind: 'refused' })
  })

  it('refreshes, and revokes what it has', async () => {
    const { tokens } = await redeem()
    const refreshed = await requestToken(test.wire, server, client, refreshGrant(tokens.refreshToken ?? ''))
    if (refreshed.kind !== 'tokens') throw new Error(JSON.stringify(refreshed))
    const { refreshToken = '' } = refreshed.tokens
    expect(await revokeToken(test.wire, server, client, { token: refreshToken })).toMatchObject({ kind: 'done' })
    expect(await requestToken(test.wire, server, client, refreshGrant(refreshToken))).toMatchObject({
      kind: 'error',
      error: 'invalid_grant',
    })
  })

  it('sends two requests at once, of which one wins the code', async () => {
    const { request, answer } = await authorize()
    if (answer.kind !== 'code') throw new Error(answer.kind)
    const built = await buildTokenRequest(server, client, codeGrant(answer.code, request))
    const answers = (await test.wire.sendTogether([built, built])).map(readTokenAnswer)
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['error', 'tokens'])
  })

  it('bends a request: a verifier left out, a parameter twice', async () => {
    const { request, answer } = await authorize()
    if (answer.kind !== 'code') throw new Error(answer.kind)
    const grant = codeGrant(answer.code, request)
    const without = await requestToken(test.wire, server, client, grant, { parameters: { code_verifier: undefined } })
    expect(without).toMatchObject({ kind: 'error', error: 'invalid_grant' })
    const twice = await requestToken(test.wire, server, client, grant, {
      parameters: { resource: [RESOURCE, RESOURCE] },
    })
    expect(twice.answer.status).toBe(400)
    expect(await requestToken(test.wire, server, client, grant)).toMatchObject({ kind: 'tokens' })
  })

  it('leaves no password, code, verifier, cookie or token in its evidence', async () => {
    const own = openTestWire()
    const request = buildAuthorizationRequest(server, client, { resource: RESOURCE, scopes: ['mcp:issue:read'] })
    const arrival = await createBrowser(own.wire).authorize(request.url, REDIRECT, ALICE)
    if (arrival.kind !== 'redirected') throw new Error(arrival.kind)
    const answer = readRedirect(arrival.to)
    if (answer.kind !== 'code') throw new Error(answer.kind)
    const tokens = await requestToken(own.wire, server, client, codeGrant(answer.code, request))
    if (tokens.kind !== 'tokens') throw new Error(tokens.kind)
    const shown = JSON.stringify(redactExchanges(own.wire.exchanges).evidence)
    const { accessToken, refreshToken = 'none' } = tokens.tokens
    const cookies = own.wire.exchanges.flatMap(({ request: { headers } }) =>
      headers
        .filter(([name]) => name === 'cookie')
        .flatMap(([, value]) => value.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1))),
    )
    expect(cookies.length).toBeGreaterThan(0)
    for (const secret of [
      PASSWORD,
      encodeURIComponent(PASSWORD),
      PASSWORD.replaceAll(' ', '+'),
      answer.code,
      request.pkce.verifier,
      accessToken,
      refreshToken,
      ...cookies,
    ]) {
      expect(shown).not.toContain(secret)
    }
    await own.close()
  })
})

describe('the same client at plain oidc-provider with its development pages', () => {
  let provider: OpenProvider
  let test: ReturnType<typeof openTestWire>
  beforeAll(async () => {
    provider = await openOidcProvider()
    test = openTestWire()
  })
  afterAll(async () => {
    await test.close()
    await provider.close()
  })

  const methods = ['client_secret_basic', 'client_secret_post'] as const
  it.each(methods)('signs in, consents, and redeems with %s', async (method) => {
    const server = await found(test.wire, provider.issuer)
    const { id, secret, redirectUri } = PROVIDER_CLIENT
    const client: OAuthClient = { clientId: id, redirectUri, authentication: { method, secret } }
    const request = buildAuthorizationRequest(server, client, { scopes: ['openid'] })
    const arrival = await createBrowser(test.wire).authorize(request.url, redirectUri, ALICE)
    if (arrival.kind !== 'redirected') throw new Error(JSON.stringify(arrival))
    const answer = readRedirect(arrival.to)
    if (answer.kind !== 'code') throw new Error(answer.kind)
    const tokens = await requestToken(test.wire, server, client, codeGrant(answer.code, request))
    expect(tokens).toMatchObject({ kind: 'tokens', tokens: { idToken: expect.any(String) } })
  })

  it('denies by the link that is there instead of a button', async () => {
    const server = await found(test.wire, provider.issuer)
    const { id, secret, redirectUri } = PROVIDER_CLIENT
    const client: OAuthClient = { clientId: id, redirectUri, authentication: { method: 'client_secret_basic', secret } }
    const request = buildAuthorizationRequest(server, client, { scopes: ['openid'] })
    const arrival = await createBrowser(test.wire).authorize(request.url, redirectUri, { ...ALICE, decision: 'deny' })
    expect(arrival.kind === 'redirected' && readRedirect(arrival.to)).toMatchObject({
      kind: 'error',
      error: 'access_denied',
    })
  })
})
