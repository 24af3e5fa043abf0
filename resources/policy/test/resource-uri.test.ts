import { canonicalResourceUri } from '@sallyport/policy'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const uriOf = (input: string): string | undefined => {
  const result = canonicalResourceUri(input)
  return result.ok ? result.uri : undefined
}

describe('canonicalResourceUri (AS-RES, T-01)', () => {
  it.each([
    { input: 'https://mcp.example.com/mcp', uri: 'https://mcp.example.com/mcp' },
    { input: 'HTTPS://MCP.Example.COM/mcp', uri: 'https://mcp.example.com/mcp' },
    { input: 'https://mcp.example.com:443/mcp', uri: 'https://mcp.example.com/mcp' },
    { input: 'https://mcp.example.com:/mcp', uri: 'https://mcp.example.com/mcp' },
    { input: 'https://mcp.example.com/', uri: 'https://mcp.example.com' },
    { input: 'https://mcp.example.com/mcp/', uri: 'https://mcp.example.com/mcp/' },
    { input: 'https://mcp.example.com/MCP', uri: 'https://mcp.example.com/MCP' },
    { input: 'https://mcp.example.com/mcp?tenant=A', uri: 'https://mcp.example.com/mcp?tenant=A' },
    { input: 'https://mcp.example.com/%7Emcp', uri: 'https://mcp.example.com/%7Emcp' },
    { input: 'http://127.0.0.1:9401/mcp', uri: 'http://127.0.0.1:9401/mcp' },
    { input: 'http://localhost:80/mcp', uri: 'http://localhost/mcp' },
    { input: 'http://[::1]:9401/mcp', uri: 'http://[::1]:9401/mcp' },
  ])('writes $input as $uri', ({ input, uri }) => {
    expect(uriOf(input)).toBe(uri)
  })

  it.each([
    { what: 'a relative reference', input: '/mcp' },
    { what: 'a bare host', input: 'mcp.example.com/mcp' },
    { what: 'a fragment', input: 'https://mcp.example.com/mcp#tools' },
    { what: 'an empty fragment', input: 'https://mcp.example.com/mcp#' },
    { what: 'a user name', input: 'https://mcp.example.com@evil.example/mcp' },
    { what: 'another scheme', input: 'ftp://mcp.example.com/mcp' },
    { what: 'a script', input: 'javascript://mcp.example.com/%0aalert(1)' },
    { what: 'http on a public host', input: 'http://mcp.example.com/mcp' },
    { what: 'http on a host that only begins like loopback', input: 'http://127.0.0.1.evil.example/mcp' },
    { what: 'http on a host that only ends like loopback', input: 'http://evil-localhost/mcp' },
    { what: 'dot segments', input: 'https://mcp.example.com/mcp/../admin' },
    { what: 'encoded dot segments', input: 'https://mcp.example.com/mcp/%2e%2e/admin' },
    { what: 'an encoded host', input: 'https://mcp%2eexample.com/mcp' },
    { what: 'a host outside ASCII', input: 'https://mcp.exämple.com/mcp' },
    { what: 'an address in hexadecimal', input: 'https://0x7f000001/mcp' },
    { what: 'a backslash', input: 'https://mcp.example.com\\mcp' },
    { what: 'a line break', input: 'https://mcp.example.com/mcp\r\nX: y' },
    { what: 'a space', input: ' https://mcp.example.com/mcp' },
    { what: 'no host', input: 'https:///mcp' },
    { what: 'a port with a leading zero', input: 'https://mcp.example.com:0443/mcp' },
    { what: 'more than 2048 characters', input: `https://mcp.example.com/${'a'.repeat(2048)}` },
  ])('refuses $what', ({ input }) => {
    expect(canonicalResourceUri(input)).toEqual({ ok: false, reason: expect.any(String) })
  })

  it('is idempotent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (input) => {
        const uri = uriOf(input)
        if (uri !== undefined) expect(uriOf(uri)).toBe(uri)
      }),
    )
  })

  it('never maps two different paths together', () => {
    const path = fc.stringMatching(/^(?:\/[A-Za-z0-9._~%/-]{0,12})?$/)
    fc.assert(
      fc.property(path, path, (a, b) => {
        const first = uriOf(`https://mcp.example.com${a}`)
        const second = uriOf(`https://mcp.example.com${b}`)
        if (first === undefined || second === undefined) return
        expect(first === second).toBe((a === '/' ? '' : a) === (b === '/' ? '' : b))
      }),
      { numRuns: 1_000 },
    )
  })

  it('never changes which server a URL parser would reach', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true }), (input) => {
        const uri = uriOf(input)
        if (uri !== undefined) expect(new URL(uri).href).toBe(new URL(input).href)
      }),
    )
  })
})
