import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  CONFIDENTIAL,
  giveResource,
  postForm,
  signAgain,
  WITH_CONFIDENTIAL_CLIENTS,
} from '../setup/access-tokens.ts'
import { startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { createBrowser } from '../setup/browser.ts'
import { approve, authorization, redeem, refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, passTime, query } from '../setup/state.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer(WITH_CONFIDENTIAL_CLIENTS)
  await giveResource(server, CONFIDENTIAL.owner.id)
})
afterAll(() => server.close())

const DEAD = { status: 400, body: { error: 'invalid_grant' } }

interface SignedIn {
  readonly clientId: string
  readonly accessToken: string
  readonly refreshToken: string
  readonly grantId: string
}

async function signedIn(): Promise<SignedIn> {
  const { clientId, tokens } = await signInAndRedeem(server)
  const { access_token: accessToken, refresh_token: refreshToken } = tokens.body
  const { gid } = decodeJwt(String(accessToken))
  return { clientId, accessToken: String(accessToken), refreshToken: String(refreshToken), grantId: String(gid) }
}

const revoke = (form: Record<string, string>, headers?: Record<string, string>) =>
  postForm(server, '/revoke', form, headers)

async function isActive(token: string): Promise<boolean> {
  const { text } = await postForm(server, '/introspect', { token }, basic(CONFIDENTIAL.owner))
  return JSON.parse(text).active
}

const eventsOf = async (type: string, grantId: string) =>
  (await auditEvents(server, type)).filter((event) => event.grant_id === grantId)

describe('a client that takes back a token of its own', () => {
  it.each([
    { what: 'the refresh token', pick: ({ refreshToken }: SignedIn) => refreshToken, hint: 'refresh_token' },
    { what: 'the refresh token, without a hint', pick: ({ refreshToken }: SignedIn) => refreshToken },
    {
      what: 'the refresh token, with a wrong hint',
      pick: ({ refreshToken }: SignedIn) => refreshToken,
      hint: 'access_token',
    },
    {
      what: 'the refresh token, with a hint nobody knows',
      pick: ({ refreshToken }: SignedIn) => refreshToken,
      hint: 'cookie',
    },
    { what: 'the access token', pick: ({ accessToken }: SignedIn) => accessToken, hint: 'access_token' },
    { what: 'the access token, without a hint', pick: ({ accessToken }: SignedIn) => accessToken },
    {
      what: 'the access token, with a wrong hint',
      pick: ({ accessToken }: SignedIn) => accessToken,
      hint: 'refresh_token',
    },
  ])('$what, ends everything of that grant (AS-REV-01, AS-REV-02, A115, I3)', async ({ pick, hint }) => {
    const one = await signedIn()
    expect(await isActive(one.accessToken)).toBe(true)
    const form = { client_id: one.clientId, token: pick(one), ...(hint === undefined ? {} : { token_type_hint: hint }) }
    const { status, text, headers } = await revoke(form)
    expect([status, text, headers.get('cache-control')]).toEqual([200, '', 'no-store'])
    expect(await isActive(one.accessToken)).toBe(false)
    expect(await refresh(server, one.clientId, one.refreshToken)).toMatchObject(DEAD)
    expect(await eventsOf('grant.revoked', one.grantId)).toMatchObject([
      { outcome: 'allowed', client_id: one.clientId, detail: { reason: 'revoked-by-client' } },
    ])
  })

  it('ends the grant also by a token that was rotated away, within its window and after it (A115)', async () => {
    for (const later of [0, 61]) {
      const { clientId, refreshToken } = await signedIn()
      const next = String((await refresh(server, clientId, refreshToken)).body.refresh_token)
      await passTime(server, later)
      expect((await revoke({ client_id: clientId, token: refreshToken })).status).toBe(200)
      expect(await refresh(server, clientId, next)).toMatchObject(DEAD)
    }
  })

  it('ends the grant also by an access token whose time is over: it may be all the client still has', async () => {
    const { clientId, accessToken, refreshToken } = await signedIn()
    const ended = await signAgain(server, accessToken, { claims: { iat: 1_000, exp: 1_600 } })
    expect((await revoke({ client_id: clientId, token: ended })).status).toBe(200)
    expect(await refresh(server, clientId, refreshToken)).toMatchObject(DEAD)
  })

  it('ends the grant of a code that was not redeemed when the code came from it', async () => {
    const clientId = await register(server)
    const request = authorization(server, clientId)
    const { code } = await approve(server, request)
    const [row] = await query(server, 'SELECT id, account_id FROM grants WHERE client_id = $1', [clientId])
    const { accessToken } = await signedIn()
    const claims = { gid: row?.id, sub: row?.account_id, client_id: clientId }
    const token = await signAgain(server, accessToken, { claims })
    expect((await revoke({ client_id: clientId, token })).status).toBe(200)
    expect(await redeem(server, request, code)).toMatchObject(DEAD)
  })

  it('keeps what the person agreed to, and its other sign-ins on other machines', async () => {
    const clientId = await register(server)
    const machines = await Promise.all(
      ['one', 'two'].map(async () => {
        const request = authorization(server, clientId)
        const { code } = await approve(server, request, {}, createBrowser())
        return (await redeem(server, request, code)).body
      }),
    )
    const [first, second] = machines
    await revoke({ client_id: clientId, token: String(first?.access_token) })
    expect(await refresh(server, clientId, String(first?.refresh_token))).toMatchObject(DEAD)
    expect((await refresh(server, clientId, String(second?.refresh_token))).status).toBe(200)
    const consents = await query(server, 'SELECT withdrawn_at FROM consents WHERE client_id = $1', [clientId])
    expect(consents).toEqual([{ withdrawn_at: null }])
  })

  it('hears the same a second time, and one end is recorded', async () => {
    const { clientId, accessToken, refreshToken, grantId } = await signedIn()
    for (const token of [accessToken, accessToken, refreshToken, refreshToken]) {
      expect(await revoke({ client_id: clientId, token })).toMatchObject({ status: 200, text: '' })
    }
    expect(await eventsOf('grant.revoked', grantId)).toHaveLength(1)
  })
})

describe('a token of somebody else', () => {
  it.each([
    { what: 'refresh token', pick: ({ refreshToken }: SignedIn) => refreshToken },
    { what: 'access token', pick: ({ accessToken }: SignedIn) => accessToken },
  ])(
    'the $what stays alive, the answer tells nothing, the operator hears of it (A114, AS-REV-01)',
    async ({ pick }) => {
      const one = await signedIn()
      const unknown = await revoke({ client_id: await register(server), token: 'nothing-like-a-token' })
      const thief = await register(server)
      const answers = [
        await revoke({ client_id: thief, token: pick(one) }),
        await revoke({ token: pick(one) }, basic(CONFIDENTIAL.owner)),
      ]
      for (const { status, text, headers } of answers) {
        expect([status, text]).toEqual([unknown.status, unknown.text])
        const names = (all: Headers) => [...all.keys()].filter((name) => name !== 'date').sort()
        expect(names(headers)).toEqual(names(unknown.headers))
      }
      expect(await isActive(one.accessToken)).toBe(true)
      expect(await eventsOf('token.refused', one.grantId)).toMatchObject(
        [thief, CONFIDENTIAL.owner.id].map((presentedBy) => ({
          outcome: 'refused',
          client_id: one.clientId,
          detail: { presentedBy, foreignClient: true, killed: false, endpoint: 'revocation' },
        })),
      )
      expect(server.logged.filter(({ message }) => message.includes('token of another client'))).not.toEqual([])
      expect((await refresh(server, one.clientId, one.refreshToken)).status).toBe(200)
    },
  )

  it('is not ended by naming its client beside credentials of another one (A114)', async () => {
    const one = await signedIn()
    const { status } = await revoke({ client_id: one.clientId, token: one.refreshToken }, basic(CONFIDENTIAL.stranger))
    expect(status).toBe(400)
    expect(await isActive(one.accessToken)).toBe(true)
  })

  it('made by exchange from the grant of another client cannot be taken back alone, and says so', async () => {
    const one = await signedIn()
    const claims = { client_id: CONFIDENTIAL.owner.id, act: { sub: CONFIDENTIAL.owner.id } }
    const exchanged = await signAgain(server, one.accessToken, { claims })
    const { status, text } = await revoke({ token: exchanged }, basic(CONFIDENTIAL.owner))
    expect([status, JSON.parse(text)]).toMatchObject([
      400,
      { error: 'unsupported_token_type', error_code: 'SALLYPORT_E_TOKEN_NOT_REVOCABLE' },
    ])
    expect(await isActive(one.accessToken)).toBe(true)
    const byTheOther = await revoke({ client_id: one.clientId, token: exchanged })
    expect(byTheOther).toMatchObject({ status: 200, text: '' })
    expect(await isActive(one.accessToken)).toBe(true)
  })
})

describe('a token that this server never issued', () => {
  const hostile: { what: string; change: (token: string) => string | Promise<string> }[] = [
    { what: 'nonsense', change: () => 'x' },
    { what: 'something with dots', change: () => '..' },
    { what: 'a signature that was cut', change: (token) => token.slice(0, -2) },
    { what: 'no signature', change: (token) => `${unsigned(token)}.` },
    { what: 'a longer life', change: (token) => swapClaims(token, { exp: 9_999_999_999 }) },
    { what: 'another type', change: (token) => signAgain(server, token, { header: { typ: 'JWT' } }) },
    {
      what: 'another issuer',
      change: (token) => signAgain(server, token, { claims: { iss: 'https://evil.example' } }),
    },
    { what: 'no grant', change: (token) => signAgain(server, token, { claims: { gid: undefined } }) },
    { what: 'a grant nobody made', change: (token) => signAgain(server, token, { claims: { gid: 'x' } }) },
    { what: 'a key nobody published', change: (token) => signAgain(server, token, { header: { kid: 'x' } }) },
  ]
  it.each(hostile)('$what is answered with 200 and changes nothing (AS-REV-01, A115)', async ({ change }) => {
    const { clientId, accessToken } = await signedIn()
    const answer = await revoke({ client_id: clientId, token: await change(accessToken) })
    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(await isActive(accessToken)).toBe(true)
  })
})

const unsigned = (token: string): string =>
  `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${token.split('.')[1]}`

function swapClaims(token: string, claims: Record<string, unknown>): string {
  const [header, , signature] = token.split('.')
  return [
    header,
    Buffer.from(JSON.stringify({ ...decodeJwt(token), ...claims })).toString('base64url'),
    signature,
  ].join('.')
}
