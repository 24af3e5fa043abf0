import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  PASSWORD,
  RESOURCE,
  startTestServer,
  type TestServer,
} from '../../../server/test/setup/authorization-server.ts'
import { register } from '../../../server/test/setup/flow.ts'
import { createBrowser } from '../../src/browser/create-browser.ts'
import type { LiveOptions } from '../../src/live/live-options.ts'
import { listenForRedirect } from '../../src/live/loopback.ts'
import { openRealTokens } from '../../src/live/open-real-tokens.ts'
import type { AuthorizationServer, OAuthClient } from '../../src/oauth/authorization-server.ts'
import { awaitDeviceToken } from '../../src/oauth/device-grant.ts'
import type { TokensFor } from '../../src/server/real-tokens.ts'
import { findFreePort } from '../../src/start/free-port.ts'
import { openTestWire } from '../setup/test-wire.ts'

const TARGET: TokensFor = { resource: RESOURCE, issuers: [], scopes: ['mcp:issue:read'] }
const OPTIONS: LiveOptions = {
  issuer: undefined,
  client: undefined,
  login: { way: 'browser' },
  otherResource: undefined,
  exchange: undefined,
  store: undefined,
  tell: () => undefined,
}

describe('ways to sign in', () => {
  let sallyport: TestServer
  let test: ReturnType<typeof openTestWire>
  beforeAll(async () => {
    sallyport = await startTestServer()
    test = openTestWire()
  })
  afterAll(async () => {
    await test.close()
    await sallyport.close()
  })

  it('by hand: prints an address, waits for the browser, and does not ask the person twice', async () => {
    const person = createBrowser(test.wire)
    const told: string[] = []
    const tell = (line: string): void => {
      told.push(line)
      const url = line.replace(/^Sign in at: /, '')
      const redirectUri = new URL(url).searchParams.get('redirect_uri') ?? ''
      void person
        .authorize(url, redirectUri, { person: { login: 'alice', password: PASSWORD }, decision: 'allow' })
        .then((arrival) => (arrival.kind === 'redirected' ? fetch(arrival.to) : undefined))
    }
    const redirectUri = `http://127.0.0.1:${await findFreePort()}/callback`
    const authentication = { method: 'none' } as const
    const client = { clientId: await register(sallyport), redirectUri, authentication }
    const target = { ...TARGET, issuers: [sallyport.issuer] }
    const tokens = await openRealTokens(test.wire, { ...OPTIONS, client, tell }, target)
    const got = await tokens.get({ kind: 'scopes', scopes: TARGET.scopes })
    expect(got).toMatchObject({ kind: 'token', scopes: ['mcp:issue:read'] })
    expect(await tokens.get({ kind: 'to revoke' })).toMatchObject({
      kind: 'none',
      why: expect.stringContaining('by hand'),
    })
    expect(told).toHaveLength(1)
    await tokens.close()
  })

  it('by device code, which Sallyport has not: says so instead of failing', async () => {
    const options: LiveOptions = { ...OPTIONS, issuer: sallyport.issuer, login: { way: 'device' } }
    const tokens = await openRealTokens(test.wire, options, TARGET)
    expect(await tokens.get({ kind: 'scopes', scopes: [] })).toEqual({
      kind: 'none',
      why: 'the metadata of the authorization server names no device_authorization_endpoint',
    })
  })

  it('types the password once when it is wrong, however many tokens are wished for', async () => {
    const login = { way: 'form', name: 'alice', password: 'wrong' } as const
    const own = openTestWire()
    const tokens = await openRealTokens(own.wire, { ...OPTIONS, issuer: sallyport.issuer, login }, TARGET)
    for (const kind of ['to revoke', 'to revoke', 'other resource'] as const)
      expect(await tokens.get({ kind })).toMatchObject({ kind: 'none' })
    const typed = own.wire.exchanges.filter(({ request }) => request.body?.includes('password=wrong'))
    expect(typed).toHaveLength(1)
    await own.close()
  })

  it.each([
    ['that is about another issuer', { issuer: 'https://as.example' }, 'is about https://as.example'],
    [
      'that leads over http',
      { token_endpoint: 'http://as.example/token' },
      'token_endpoint of the issuer is http://as',
    ],
  ])('believes no metadata %s', async (_, members, why) => {
    const liar = createServer(({ headers: { host } }, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ issuer: `http://${host}`, ...members }))
    })
    await new Promise<void>((resolve) => liar.listen(0, '127.0.0.1', resolve))
    const issuer = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`
    const tokens = await openRealTokens(test.wire, OPTIONS, { ...TARGET, issuers: [issuer] })
    expect(await tokens.get({ kind: 'to revoke' })).toMatchObject({ kind: 'none', why: expect.stringContaining(why) })
    liar.close()
  })
})

describe('waiting for a browser on loopback', () => {
  const uri = async (): Promise<string> => `http://127.0.0.1:${await findFreePort()}/callback`

  it('takes the answer with the state that was sent, and nobody else', async () => {
    const redirectUri = await uri()
    const loopback = await listenForRedirect(redirectUri, 'right')
    expect((await fetch(`${redirectUri}?code=thief&state=wrong`)).status).toBe(404)
    expect((await fetch(`${redirectUri}?code=mine&state=right`)).status).toBe(200)
    expect((await loopback.arrival)?.searchParams.get('code')).toBe('mine')
    loopback.close()
  })

  it('ends without an answer when its time is over', async () => {
    const loopback = await listenForRedirect(await uri(), 's', 1)
    expect(await loopback.arrival).toBeUndefined()
    loopback.close()
  })

  it('says which address is taken, and that others than loopback cannot be waited at', async () => {
    const redirectUri = await uri()
    const first = await listenForRedirect(redirectUri, 's')
    await expect(listenForRedirect(redirectUri, 's')).rejects.toThrow(new URL(redirectUri).host)
    await expect(listenForRedirect('https://client.example/cb', 's')).rejects.toThrow(/loopback/)
    first.close()
  })
})

describe('the device grant', () => {
  const pending = ['authorization_pending', 'slow_down', 'authorization_pending']
  let answers: string[] = []
  const server = createServer(({ url, headers: { host } }, response) => {
    const issuer = `http://${host}`
    const reply = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url?.startsWith('/.well-known/')) {
      const endpoints = { token_endpoint: `${issuer}/token`, device_authorization_endpoint: `${issuer}/device` }
      return reply(200, { issuer, ...endpoints })
    }
    if (url === '/device') {
      const codes = { device_code: 'dc', user_code: 'WDJB-MJHT', verification_uri: `${issuer}/go` }
      return reply(200, { ...codes, expires_in: 600, interval: 0.01 })
    }
    const error = answers.shift()
    return error === undefined ? reply(200, { access_token: 'at-1', token_type: 'Bearer' }) : reply(400, { error })
  })
  let issuer: string
  let test: ReturnType<typeof openTestWire>
  const client: OAuthClient = { clientId: 'c', redirectUri: '', authentication: { method: 'none' } }
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    test = openTestWire()
  })
  afterAll(async () => {
    await test.close()
    server.close()
  })

  it('tells the person where to go with which code, and has a token when they have decided', async () => {
    answers = pending.slice(0, 1)
    const told: string[] = []
    const options = {
      ...OPTIONS,
      issuer,
      client,
      login: { way: 'device' },
      tell: (line: string) => told.push(line),
    } as const
    const tokens = await openRealTokens(test.wire, options, TARGET)
    expect(await tokens.get({ kind: 'scopes', scopes: ['a'] })).toMatchObject({
      kind: 'token',
      token: 'at-1',
      scopes: ['a'],
    })
    expect(told).toEqual([`Sign in at ${issuer}/go with the code WDJB-MJHT`])
  })

  it('asks at the pace that the issuer wants', async () => {
    answers = [...pending]
    const device = {
      deviceCode: 'd',
      userCode: 'u',
      verificationUri: `${issuer}/go`,
      verificationUriComplete: undefined,
      expiresInSeconds: 600,
      intervalSeconds: 5,
    }
    const found: AuthorizationServer = { issuer, url: issuer, metadata: { token_endpoint: `${issuer}/token` } }
    const waited: number[] = []
    const wait = async (seconds: number) => waited.push(seconds)
    expect(await awaitDeviceToken(test.wire, found, client, { device, wait })).toMatchObject({ kind: 'tokens' })
    expect(waited).toEqual([5, 5, 10, 10])
  })
})
