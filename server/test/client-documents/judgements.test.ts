import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { negotiateAuthMethod } from '../../src/provider/client-documents/auth-method.ts'
import { judgeDocument } from '../../src/provider/client-documents/document.ts'
import { isDocumentUrl, judgeDocumentUrl } from '../../src/provider/client-documents/document-url.ts'
import { freshSeconds } from '../../src/provider/client-documents/freshness.ts'
import { judgeKeySet, stillPublished } from '../../src/provider/client-documents/key-set.ts'

const RULES = {
  privateUseRedirects: [],
  authMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
}

/** Pieces that URLs, and what pretends to be one, are made of. */
const piece = fc.constantFrom(
  'https:',
  'HTTPS:',
  'http:',
  '/',
  '//',
  '\\',
  '@',
  ':',
  '#',
  '?',
  '.',
  '..',
  '%2e',
  '%2E%2e',
  '%2f',
  ' ',
  '\t',
  '\n',
  'client.example',
  'CLIENT.example',
  '127.0.0.1',
  '[::1]',
  'ｅxample',
  'xn--e1afmkfd',
  '443',
  '8443',
  'app.json',
  'a',
  '%',
  '\u202e',
)
const urlLike = fc.oneof(
  fc.array(piece, { maxLength: 10 }).map((parts) => parts.join('')),
  fc.array(piece, { maxLength: 8 }).map((parts) => `https://client.example/${parts.join('')}`),
  fc.webUrl({ withQueryParameters: true, withFragments: true, validSchemes: ['https', 'http'] }),
  fc.string({ unit: 'binary' }),
)

describe('the form of a document URL (AS-CIMD-02)', () => {
  it('is taken only where every parser reads the same: https, a host, a path, and nothing that hides another host', () => {
    fc.assert(
      fc.property(urlLike, (id) => {
        const judged = judgeDocumentUrl(id)
        if (!judged.ok) return
        const url = new URL(id)
        expect(url.href).toBe(id)
        expect(url.protocol).toBe('https:')
        expect(id.startsWith(`https://${judged.host}/`)).toBe(true)
        expect(url.pathname).not.toBe('/')
        expect(url.username + url.password + url.hash).toBe('')
        expect(id).not.toMatch(/[\s\\@#\p{Cc}]|[^\p{ASCII}]/u)
        expect(url.pathname.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  it('has one spelling: whatever means the same and is spelled in another way is refused', () => {
    fc.assert(
      fc.property(urlLike, (id) => {
        const url = URL.parse(id)
        if (url === null || url.href === id) return
        expect(judgeDocumentUrl(id).ok).toBe(false)
      }),
      { numRuns: 3_000 },
    )
  })

  it('is recognised whatever its case, so that no other door is tried for it (AS-CIMD-12)', () => {
    fc.assert(
      fc.property(urlLike, (id) => {
        if (judgeDocumentUrl(id).ok) expect(isDocumentUrl(id)).toBe(true)
      }),
    )
    expect(isDocumentUrl('HtTpS://x')).toBe(true)
    expect(isDocumentUrl('client_https')).toBe(false)
  })
})

const URL_OF = 'https://client.example/app.json'
const answerOf = (document: unknown) => ({
  headers: new Headers({ 'content-type': 'application/json' }) as unknown as { get(name: string): string | undefined },
  body: Buffer.from(JSON.stringify(document)),
})

const anyDocument = fc.record(
  {
    client_id: fc.oneof({ weight: 9, arbitrary: fc.constant(URL_OF) }, { weight: 1, arbitrary: fc.jsonValue() }),
    client_name: fc.oneof({ weight: 5, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.jsonValue() }),
    redirect_uris: fc.oneof(
      {
        weight: 5,
        arbitrary: fc.array(
          fc.constantFrom('https://client.example/cb', 'http://127.0.0.1/cb', 'http://evil.example/cb', 'javascript:1'),
          { maxLength: 3 },
        ),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    grant_types: fc.oneof(fc.constant(['client_credentials', 'authorization_code']), fc.jsonValue()),
    token_endpoint_auth_method: fc.oneof(
      fc.constantFrom('none', 'private_key_jwt', 'client_secret_post', 'tls_client_auth'),
      fc.jsonValue(),
    ),
    token_endpoint_auth_methods_supported: fc.oneof(fc.constant(['none', 'private_key_jwt']), fc.jsonValue()),
    jwks_uri: fc.oneof(fc.constant('https://client.example/jwks.json'), fc.jsonValue()),
    jwks: fc.jsonValue(),
    scope: fc.jsonValue(),
    sallyport_source: fc.constantFrom('settings', 'cli', 'resource'),
    sallyport_trusted_document: fc.constant(true),
    sallyport_default_resource: fc.constant('demo'),
    client_secret: fc.string(),
  },
  { requiredKeys: ['client_id', 'redirect_uris', 'client_name'] },
)

describe('a document', () => {
  it('never gets more than a document may have, whatever it says', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const judged = judgeDocument(URL_OF, answerOf(document), RULES)
        if (!judged.ok) return
        const { metadata } = judged.version
        expect(document.client_id).toBe(URL_OF)
        expect(Object.keys(document).filter((name) => name.startsWith('client_secret'))).toEqual([])
        expect(metadata.client_name).toMatch(/\S/)
        expect(metadata.redirect_uris).not.toEqual([])
        for (const uri of metadata.redirect_uris as string[])
          expect(uri).toMatch(/^https:\/\/client\.example\/cb$|^http:\/\/127/)
        expect(['none', 'private_key_jwt']).toContain(metadata.token_endpoint_auth_method)
        expect(Object.keys(metadata).filter((name) => name.startsWith('sallyport') || name === 'scope')).toEqual([])
        const isSigned = metadata.token_endpoint_auth_method === 'private_key_jwt'
        expect('jwks' in metadata || 'jwks_uri' in metadata).toBe(isSigned)
      }),
      { numRuns: 2_000 },
    )
  })

  it('has the same digest in any order, and another one for anything that people agree to', () => {
    const base = { client_id: URL_OF, client_name: 'A', redirect_uris: ['https://a.example/', 'https://b.example/'] }
    const digestOf = (members: object) => {
      const judged = judgeDocument(URL_OF, answerOf({ ...base, ...members }), RULES)
      if (!judged.ok) throw new Error(judged.detail)
      return judged.version.digest
    }
    const digest = digestOf({})
    expect(digestOf({ redirect_uris: base.redirect_uris.toReversed(), scope: 'x', logo_uri: 'y' })).toBe(digest)
    const others = [
      { client_name: 'B' },
      { redirect_uris: ['https://a.example/'] },
      { redirect_uris: [...base.redirect_uris, 'https://c.example/'] },
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://a.example/keys' },
      { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: 'https://b.example/keys' },
      // Members that run into each other must not make two documents one.
      { client_name: 'A","https://a.example/' },
    ].map(digestOf)
    expect(new Set([digest, ...others]).size).toBe(others.length + 1)
  })
})

describe('the way a document wants to prove its client', () => {
  it.each([
    { document: {}, means: 'none' },
    { document: { token_endpoint_auth_method: 'none' }, means: 'none' },
    { document: { token_endpoint_auth_method: 'private_key_jwt' }, means: 'private_key_jwt' },
    { document: { token_endpoint_auth_methods_supported: ['none'] }, means: 'none' },
    { document: { token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'] }, means: 'private_key_jwt' },
    { document: { token_endpoint_auth_method: null, token_endpoint_auth_methods_supported: null }, means: 'none' },
    {
      document: { token_endpoint_auth_method: 'tls_client_auth', token_endpoint_auth_methods_supported: ['none'] },
      means: 'none',
    },
    { document: { token_endpoint_auth_method: 'tls_client_auth' }, means: undefined },
    { document: { token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'] }, means: undefined },
  ])('is $means for $document', ({ document, means }) => {
    const judged = negotiateAuthMethod(document, RULES.authMethods)
    expect(judged.ok ? judged.method : undefined).toBe(means)
  })

  it('falls back to none where the server does not offer signatures and the document can do without', () => {
    const list = ['none', 'private_key_jwt']
    const document = { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_methods_supported: list }
    expect(negotiateAuthMethod(document, ['none'])).toEqual({ ok: true, method: 'none' })
    expect(negotiateAuthMethod({ token_endpoint_auth_method: 'private_key_jwt' }, ['none'])).toMatchObject({
      ok: false,
    })
  })
})

describe('how long a document may be used (A79)', () => {
  it('is within half a minute and a day, whatever its host says', () => {
    const header = fc.oneof(
      fc.string(),
      fc.integer().map((n) => `max-age=${n}`),
      fc.double().map((n) => `s-maxage=${n}`),
    )
    fc.assert(
      fc.property(header, fc.option(fc.string()), fc.option(fc.integer().map(String)), (cacheControl, expires, age) => {
        const values: Record<string, string | null> = { 'cache-control': cacheControl, expires, age }
        const seconds = freshSeconds({ get: (name) => values[name] ?? undefined }, 1_700_000_000_000)
        expect(seconds).toBeGreaterThanOrEqual(30)
        expect(seconds).toBeLessThanOrEqual(86_400)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('keys of a client', () => {
  const key = (x: string) => ({ kty: 'OKP', crv: 'Ed25519', x })

  it('are only ever those of the version that are still published (A80)', () => {
    const keys = fc.array(fc.constantFrom(...['aa', 'bb', 'cc', 'dd'].map(key)))
    fc.assert(
      fc.property(keys, keys, (version, now) => {
        const left = stillPublished(version, now)
        for (const each of left) {
          expect(version).toContainEqual(each)
          expect(now).toContainEqual(each)
        }
      }),
    )
  })

  it('are taken from a set that holds others as well, unless one of those is secret (A77)', () => {
    const others = [{ kty: 'EC', crv: 'P-521', x: 'aa', y: 'bb' }, { ...key('aa'), use: 'enc' }, 'text', null, {}]
    expect(judgeKeySet({ keys: [...others, key('bb')] })).toEqual({ ok: true, keys: [key('bb')] })
    for (const secret of [{ kty: 'oct', k: 'aa' }, { ...key('aa'), d: 'bb' }, { kty: 'oct' }]) {
      expect(judgeKeySet({ keys: [key('bb'), secret] })).toMatchObject({ ok: false, reason: 'keys' })
    }
    expect(judgeKeySet({ keys: Array.from({ length: 11 }, () => key('aa')) })).toMatchObject({ ok: false })
  })
})
