import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { errors, Provider } from 'oidc-provider'
import { describe, expect, it, vi } from 'vitest'
import { PROOF_AGE_MAX_SECONDS } from '../../src/provider/dpop-proof.ts'
import { allErrors } from '../../src/provider/error-catalogue.ts'
import {
  acceptNoncesOf,
  checkKeyProof,
  keyProofSoFar,
  namesKnownToTheEngine,
  nextNonce,
  schemaOf,
} from '../../src/provider/internals.ts'
import { surface } from '../../src/provider/surface.ts'

const require = createRequire(import.meta.url)
const { version } = JSON.parse(readFileSync(require.resolve('oidc-provider/package.json'), 'utf8'))

/** An engine without any configuration, which complains about that. */
function bareEngine(): Provider {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  try {
    return new Provider('http://127.0.0.1:1', { features: { devInteractions: { enabled: false } } })
  } finally {
    warned.mockRestore()
  }
}

/** Features that a slice of its own configures. */
const USED = [
  'dPoP',
  'introspection',
  'pushedAuthorizationRequests',
  'registration',
  'resourceIndicators',
  'revocation',
]

describe(`the engine ${version}`, () => {
  const known = namesKnownToTheEngine()

  it('is of the line this server was built on: an upgrade begins with reading what changed', () => {
    expect(version).toMatch(/^9\.13\./)
  })

  it('has every name this server configures, and its members', () => {
    expect([...known.keys]).toEqual(expect.arrayContaining(['adapter', 'features', 'ttl', 'pkce', 'extraParams']))
    expect([...known.ttl]).toEqual(
      expect.arrayContaining(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'Session']),
    )
    expect([...known.routes]).toEqual(expect.arrayContaining(['authorization', 'token', 'registration', 'jwks']))
    expect([...(known.features.resourceIndicators ?? [])].sort()).toEqual([
      'defaultResource',
      'enabled',
      'getResourceServerInfo',
      'useGrantedResource',
    ])
  })

  it('offers nothing that is neither used here nor switched off by name', () => {
    const named = [...USED, ...Object.keys(surface().features ?? {})].sort()
    expect(named).toEqual(Object.keys(known.features).sort())
  })

  it('is told "no" for every feature that is not used', () => {
    for (const [feature, value] of Object.entries(surface().features ?? {})) {
      expect({ feature, value }).toEqual({ feature, value: { enabled: false } })
    }
  })

  it('still judges redirect URIs where this server replaces that judgement', () => {
    expect(Reflect.get(schemaOf(bareEngine()), 'redirectUris')).toBeTypeOf('function')
  })

  it('still compares secrets where this server replaces that comparison', () => {
    expect(Reflect.get(bareEngine().Client.prototype, 'compareClientSecret')).toBeTypeOf('function')
  })

  it('still asks one object for nonces, which this server puts in place of its own', () => {
    const engine = bareEngine()
    const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    acceptNoncesOf(engine, [first, second])
    const nonce = nextNonce(engine)
    expect(nonce).toMatch(/^[\w-]{43}$/)
    acceptNoncesOf(engine, [second, first])
    expect(nextNonce(engine)).not.toBe(nonce)
  })

  it('still keeps what it checked of a proof by the request, and nothing where there is none', async () => {
    const engine = bareEngine()
    const ctx = { oidc: { provider: engine }, get: () => '' } as never
    expect(await checkKeyProof(engine, ctx)).toBeUndefined()
    expect(await keyProofSoFar(engine, ctx)).toBeUndefined()
    expect(await keyProofSoFar(engine, {})).toBeUndefined()
    await expect(checkKeyProof(engine, { oidc: { provider: bareEngine() } } as never)).rejects.toThrow('provider')
  })

  it('still reads a pushed request where it begins, and asks again for one where a person comes back', () => {
    const source = (file: string) =>
      readFileSync(require.resolve('oidc-provider/package.json').replace('package.json', `lib/${file}`), 'utf8')
    const begins = source('actions/authorization/pushed_authorization_requests.js')
    expect(begins).toContain('await PushedAuthorizationRequest.find(id, {')
    expect(begins).toContain('.setIssuer(ctx.oidc.client.clientId)')
    const ends = source('actions/authorization/respond.js')
    expect(ends).toContain('ctx.oidc.entities.Interaction?.parJti')
    expect(ends.match(/\.find\(|\.consume\(/g)).toEqual(['.find(', '.consume('])
  })

  it('still takes proofs and nonces for as long as this server remembers them', async () => {
    const file = require.resolve('oidc-provider/package.json').replace('package.json', 'lib/helpers/challenge.js')
    expect(readFileSync(file, 'utf8')).toContain('const STEP = 60;\nexport const CHALLENGE_OK_WINDOW = STEP * 5;')
    expect(PROOF_AGE_MAX_SECONDS).toBe(5 * 60)
  })

  it('still asks in one place who gets a secret, where this server answers by the method alone', () => {
    expect(Reflect.get(bareEngine().Client, 'needsSecret')).toBeTypeOf('function')
  })

  it('makes errors that carry what this server reads and sets', () => {
    expect(new errors.InvalidClientMetadata('redirect_uris: bad').message).toBe('invalid_redirect_uri')
    expect(new errors.InvalidClientMetadata('client_name: bad').message).toBe('invalid_client_metadata')
    expect(new errors.UnsupportedTokenType('x')).toMatchObject({ message: 'unsupported_token_type', statusCode: 400 })
    expect(new errors.InvalidRequest('x')).toMatchObject({ allow_redirect: true, expose: true, statusCode: 400 })
  })
})

describe('the catalogue of errors', () => {
  it('has one entry with a code of its own for each error', () => {
    const all = allErrors()
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length)
    for (const { code, sentence } of all) {
      expect(code).toMatch(/^SALLYPORT_E_[A-Z_]+$/)
      // Sentences travel in redirects and headers: no quotes, no backslash. @see RFC 6749 §4.1.2.1
      expect(sentence).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    }
  })
})
