import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeRedirectUri } from '../../src/config/redirect-uri.ts'
import { type ClientMetadata, normaliseClientMetadata } from '../../src/provider/client-metadata.ts'

const PRIVATE_USE = ['cursor://anysphere.cursor-mcp']
const SITE = 'https://app.example/cb'
const LOOPBACK = 'http://127.0.0.1/cb'
const EDITOR = 'cursor://anysphere.cursor-mcp/oauth/callback'

const normalise = (metadata: ClientMetadata) => normaliseClientMetadata(metadata, { privateUseRedirects: PRIVATE_USE })

describe('client metadata', () => {
  it.each([
    { is: 'a site', given: { redirect_uris: [SITE] }, becomes: { application_type: 'web' } },
    { is: 'a program', given: { redirect_uris: [LOOPBACK] }, becomes: { application_type: 'native' } },
    { is: 'both', given: { redirect_uris: [SITE, LOOPBACK] }, becomes: { application_type: 'native' } },
    {
      is: 'an app that calls itself a site',
      given: { redirect_uris: [EDITOR, SITE], application_type: 'web' },
      becomes: { application_type: 'native', token_endpoint_auth_method: 'none' },
    },
    {
      is: 'an app with a secret',
      given: { redirect_uris: [EDITOR], token_endpoint_auth_method: 'client_secret_post', client_secret: 'x' },
      becomes: { token_endpoint_auth_method: 'none', client_secret: undefined },
    },
    {
      is: 'a client that names its grant types without refresh_token',
      given: { redirect_uris: [SITE], grant_types: ['authorization_code'] },
      becomes: { sallyport_refresh_on_request: true },
    },
    {
      is: 'a client that names no grant types',
      given: { redirect_uris: [SITE] },
      becomes: { sallyport_refresh_on_request: false },
    },
    {
      is: 'a client with the scope of its first day',
      given: { redirect_uris: [SITE], scope: 'mcp:issue:read' },
      becomes: { scope: undefined },
    },
    {
      is: 'a client with a name',
      given: { redirect_uris: [SITE], client_name: ' A\tB ' },
      becomes: { client_name: 'A B' },
    },
  ])('of $is becomes what this server works with (AS-DCR-03)', ({ given, becomes }) => {
    const result = normalise(given)
    if (!result.ok) throw new Error(result.reason)
    const named = Object.keys(becomes).map((name) => [name, result.metadata[name]])
    expect(Object.fromEntries(named)).toEqual(becomes)
  })

  it.each([
    { given: {}, reason: /^redirect_uris must be a list/ },
    { given: { redirect_uris: [SITE, 'http://evil.example'] }, reason: /^redirect_uris: must use https/ },
    { given: { redirect_uris: ['myapp://cb'] }, reason: /^redirect_uris: uses a private-use scheme/ },
    { given: { redirect_uris: Array(21).fill(SITE) }, reason: /^redirect_uris can hold at most 20/ },
  ])('is refused with a reason that begins with the member: $reason', ({ given, reason }) => {
    expect(normalise(given)).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })
})

const uri = fc.oneof(
  fc.constantFrom(SITE, LOOPBACK, EDITOR, 'http://localhost:8080/x', 'http://[::1]/', 'https://localhost/cb'),
  fc.constantFrom('http://evil.example/cb', 'javascript:alert(1)', 'myapp://cb', 'cursor://other/cb', `${SITE}#x`),
  fc.webUrl({ validSchemes: ['http', 'https', 'ftp', 'cursor'], withFragments: true, withQueryParameters: true }),
  fc.string(),
)
const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.constant(undefined))
const metadata = fc.record(
  {
    redirect_uris: fc.oneof(
      { weight: 9, arbitrary: fc.array(uri, { maxLength: 4 }) },
      { weight: 1, arbitrary: anything },
    ),
    grant_types: fc.oneof(
      fc.subarray([
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'implicit',
        'password',
        'urn:x:token-exchange',
      ]),
      anything,
    ),
    response_types: fc.oneof(fc.subarray(['code', 'token', 'id_token', 'none']), anything),
    application_type: fc.oneof(fc.constantFrom('web', 'native'), anything),
    token_endpoint_auth_method: fc.oneof(fc.constantFrom('none', 'client_secret_basic', 'private_key_jwt'), anything),
    client_name: anything,
    client_secret: anything,
    scope: anything,
    jwks_uri: anything,
    sallyport_refresh_on_request: fc.oneof(fc.boolean(), anything),
  },
  { requiredKeys: ['redirect_uris'] },
)

describe('whatever metadata comes in', () => {
  const eachAccepted = (check: (given: ClientMetadata, accepted: ClientMetadata) => void): void => {
    fc.assert(
      fc.property(metadata, (given) => {
        const result = normalise(given)
        if (result.ok) check(given, result.metadata)
      }),
      { numRuns: 2_000 },
    )
  }

  it('is refused or normalised, never an exception', () => {
    fc.assert(
      fc.property(metadata, (given) => typeof normalise(given).ok === 'boolean'),
      { numRuns: 2_000 },
    )
  })

  it('is the same when it is normalised twice', () => {
    eachAccepted((_given, accepted) => expect(normalise(accepted)).toEqual({ ok: true, metadata: accepted }))
  })

  it('has no grant and no response type beyond the code and its refresh (AS-DCR-05)', () => {
    eachAccepted((_given, accepted) => {
      expect(accepted.grant_types).toEqual(['authorization_code', 'refresh_token'])
      expect(accepted.response_types).toEqual(['code'])
    })
  })

  it('has no redirect URI that leaves this machine without https, or uses a scheme nobody listed (AS-RED-05, AS-RED-06)', () => {
    eachAccepted((given, accepted) => {
      expect(accepted.redirect_uris).toEqual(given.redirect_uris)
      for (const redirect of [accepted.redirect_uris ?? []].flat()) {
        const { protocol, host, hostname } = new URL(String(redirect))
        const allowed =
          protocol === 'https:' ||
          (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) ||
          PRIVATE_USE.includes(`${protocol}//${host}`)
        expect({ redirect, allowed }).toEqual({ redirect, allowed: true })
      }
    })
  })

  it('has no secret beside a private-use scheme', () => {
    eachAccepted((_given, accepted) => {
      const uris = [accepted.redirect_uris ?? []].flat().map(String)
      const app = uris.some((one) => {
        const judged = judgeRedirectUri(one, PRIVATE_USE)
        return judged.ok && judged.kind === 'private-use'
      })
      if (!app) return
      expect(accepted.client_secret).toBeUndefined()
      expect(accepted.token_endpoint_auth_method).toBe('none')
    })
  })

  it('has only members that this server knows, and a name that the database can hold', () => {
    eachAccepted((_given, accepted) => {
      expect(accepted).not.toHaveProperty('scope')
      expect(accepted).not.toHaveProperty('jwks_uri')
      if (accepted.client_name === undefined) return
      const name = String(accepted.client_name)
      expect(name.isWellFormed() && !/\p{Cc}/u.test(name) && [...name].length <= 200).toBe(true)
    })
  })
})
