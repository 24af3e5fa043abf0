import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { issuerAddress, originForm, targetBelowIssuer } from '../../src/http/address.ts'

describe('an issuer', () => {
  it.each([
    { issuer: 'https://auth.example.com', host: 'auth.example.com', basePath: '', protocol: 'https' },
    {
      issuer: 'https://auth.example.com:8443/tenant',
      host: 'auth.example.com:8443',
      basePath: '/tenant',
      protocol: 'https',
    },
    { issuer: 'http://127.0.0.1:9400', host: '127.0.0.1:9400', basePath: '', protocol: 'http' },
    { issuer: 'http://[::1]:9400/a/b', host: '[::1]:9400', basePath: '/a/b', protocol: 'http' },
  ])('is taken apart: $issuer', (row) => {
    expect(issuerAddress(row.issuer)).toEqual(row)
  })
})

describe('a request target', () => {
  it.each([
    { basePath: '', target: '/token', becomes: '/token' },
    { basePath: '', target: '/token?a=b', becomes: '/token?a=b' },
    { basePath: '', target: '/', becomes: '/' },
    { basePath: '', target: '*', becomes: undefined },
    { basePath: '/t', target: '/t/token', becomes: '/token' },
    { basePath: '/t', target: '/t', becomes: undefined },
    { basePath: '/t', target: '/t/', becomes: '/' },
    { basePath: '/t', target: '/token', becomes: undefined },
    { basePath: '/t', target: '/tt/token', becomes: undefined },
    { basePath: '/t', target: '/T/token', becomes: undefined },
    { basePath: '/t', target: '/%74/token', becomes: undefined },
    { basePath: '/t', target: '/.well-known/openid-configuration/t', becomes: '/.well-known/openid-configuration' },
    { basePath: '/t', target: '/.well-known/openid-configuration/t?x', becomes: '/.well-known/openid-configuration?x' },
    { basePath: '/t', target: '/.well-known/openid-configuration', becomes: undefined },
    { basePath: '/t', target: '/.well-known/jwks.json/t', becomes: undefined },
  ])('below "$basePath" becomes $becomes: $target', ({ basePath, target, becomes }) => {
    expect(targetBelowIssuer(target, basePath)).toBe(becomes)
  })

  it.each([
    { line: '/token?a', form: '/token?a' },
    { line: 'http://evil.example/token?a', form: '/token?a' },
    { line: 'http://evil.example', form: '/' },
    { line: 'HTTP://EVIL.example:80/a/../token', form: '/token' },
    { line: '*', form: '/' },
    { line: '', form: '/' },
  ])('loses the host of an absolute request line: $line', ({ line, form }) => {
    expect(originForm(line)).toBe(form)
  })

  it('of any shape is never an exception, and what comes out begins with a slash (A41)', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl(), fc.webPath()),
        fc.constantFrom('', '/t', '/a/b'),
        (target, basePath) => {
          const below = targetBelowIssuer(originForm(target), basePath)
          expect(below === undefined || below.startsWith('/')).toBe(true)
        },
      ),
    )
  })
})
