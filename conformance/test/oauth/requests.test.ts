import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'
import { isAtRedirectUri } from '../../src/browser/create-browser.ts'
import { buildAuthorizationRequest } from '../../src/oauth/authorization-request.ts'
import { type AuthorizationServer, type OAuthClient, secretsOfClient } from '../../src/oauth/authorization-server.ts'
import { issuerAddresses } from '../../src/oauth/find-authorization-server.ts'
import { createPkce } from '../../src/oauth/pkce.ts'
import { readRedirect } from '../../src/oauth/redirect.ts'
import { buildTokenRequest, readTokenAnswer } from '../../src/oauth/token-request.ts'

const SERVER: AuthorizationServer = {
  issuer: 'https://as.example',
  url: 'https://as.example/.well-known/oauth-authorization-server',
  metadata: {
    authorization_endpoint: 'https://as.example/authorize?tenant=a',
    token_endpoint: 'https://as.example/token',
  },
}
const CLIENT: OAuthClient = {
  clientId: 'a:b',
  redirectUri: 'http://127.0.0.1:1/cb',
  authentication: { method: 'none' },
}

describe('the secrets of a client, which no report may show', () => {
  it.each([
    [{ method: 'none' } as const, []],
    [{ method: 'client_secret_basic', secret: 'hush' } as const, ['hush']],
    [{ method: 'client_secret_post', secret: 'hush' } as const, ['hush']],
    [{ method: 'private_key_jwt', key: { kty: 'EC', x: 'public', d: 'private' } } as const, ['private']],
  ])('are what it proves itself with: %j', (authentication, secrets) => {
    expect(secretsOfClient({ ...CLIENT, authentication })).toEqual(secrets)
  })
})

describe('requests of a client', () => {
  it('looks for metadata at the three spellings of an issuer with a path, and the two of one without', () => {
    expect(issuerAddresses('https://as.example/t/')).toEqual([
      'https://as.example/.well-known/oauth-authorization-server/t',
      'https://as.example/.well-known/openid-configuration/t',
      'https://as.example/t/.well-known/openid-configuration',
    ])
    expect(issuerAddresses('https://as.example')).toHaveLength(2)
  })

  it('computes the challenge of RFC 7636, appendix B', () => {
    expect(createPkce('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk').challenge).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })

  it('keeps the query of the endpoint, leaves parameters out and sends them twice', () => {
    const change = {
      code_challenge: undefined,
      code_challenge_method: undefined,
      resource: ['https://a.example', 'https://b.example'],
    }
    const { searchParams } = new URL(buildAuthorizationRequest(SERVER, CLIENT, { scopes: ['x', 'y'], change }).url)
    expect(searchParams.get('tenant')).toBe('a')
    expect(searchParams.has('code_challenge')).toBe(false)
    expect(searchParams.getAll('resource')).toEqual(['https://a.example', 'https://b.example'])
    expect(searchParams.get('scope')).toBe('x y')
  })

  it('writes Basic with both parts encoded, and takes a header that it is given instead', async () => {
    const client: OAuthClient = { ...CLIENT, authentication: { method: 'client_secret_basic', secret: 'p q' } }
    const { headers, body } = await buildTokenRequest(SERVER, client, { grant_type: 'client_credentials' })
    expect(headers).toContainEqual(['authorization', `Basic ${Buffer.from('a%3Ab:p+q').toString('base64')}`])
    expect(body).toBe('grant_type=client_credentials')
    const bent = await buildTokenRequest(SERVER, client, {}, { headers: [['Authorization', 'Basic x']] })
    expect(bent.headers.filter(([name]) => name.toLowerCase() === 'authorization')).toEqual([
      ['Authorization', 'Basic x'],
    ])
  })

  it('signs an assertion for the issuer with the key of the client, bent where it is told', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const key = { ...(await exportJWK(privateKey)), kid: 'k1' }
    const client: OAuthClient = { ...CLIENT, authentication: { method: 'private_key_jwt', key } }
    const assertionOf = async (claims: Record<string, unknown>): Promise<string> => {
      const { body } = await buildTokenRequest(SERVER, client, {}, { assertion: { claims } })
      return new URLSearchParams(body).get('client_assertion') ?? ''
    }
    expect(decodeJwt(await assertionOf({}))).toMatchObject({ iss: 'a:b', sub: 'a:b', aud: 'https://as.example' })
    expect(decodeProtectedHeader(await assertionOf({}))).toEqual({ alg: 'ES256', kid: 'k1' })
    expect(decodeJwt(await assertionOf({ aud: ['x'], exp: undefined }))).toMatchObject({ aud: ['x'] })
  })

  it('reads what a redirect says, in the query or the fragment, and not a code beside an error', () => {
    const read = (rest: string) => readRedirect(new URL(`http://127.0.0.1:1/cb${rest}`))
    expect(read('?code=c&state=s&iss=i')).toMatchObject({ kind: 'code', code: 'c', state: 's', iss: 'i' })
    expect(read('#error=access_denied&error_description=no')).toMatchObject({
      kind: 'error',
      error: 'access_denied',
      description: 'no',
    })
    expect(read('?code=c&error=e').kind).toBe('other')
    expect(read('').kind).toBe('other')
  })

  it('takes an answer without a token for neither tokens nor an error', () => {
    const answer = (status: number, body: string) =>
      readTokenAnswer({ status, headers: [], body, truncated: false }).kind
    expect(answer(200, '{"access_token":"x"}')).toBe('tokens')
    expect(answer(400, '{"error":"invalid_grant"}')).toBe('error')
    expect(answer(200, '{"error":"invalid_grant"}')).toBe('other')
    expect(answer(502, '<h1>Bad gateway</h1>')).toBe('other')
  })

  it('knows the redirect URI by scheme, host, port and path', () => {
    const at = (url: string) => isAtRedirectUri(new URL(url), 'http://127.0.0.1:4000/cb')
    expect(at('http://127.0.0.1:4000/cb?code=1')).toBe(true)
    for (const other of [
      'http://127.0.0.1:4001/cb',
      'http://localhost:4000/cb',
      'https://127.0.0.1:4000/cb',
      'http://127.0.0.1:4000/cb/',
    ])
      expect(at(other)).toBe(false)
  })
})
