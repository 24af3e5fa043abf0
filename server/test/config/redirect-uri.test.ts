import { describe, expect, it } from 'vitest'
import {
  judgeRedirectUri,
  refusePrivateUseEntry,
  SHIPPED_PRIVATE_USE_REDIRECTS,
} from '../../src/config/redirect-uri.ts'

const judge = (uri: string) => judgeRedirectUri(uri, SHIPPED_PRIVATE_USE_REDIRECTS)

describe('a redirect URI that may be registered', () => {
  it.each([
    { uri: 'https://claude.ai/api/mcp/auth_callback', kind: 'web' },
    { uri: 'https://app.example.com:8443/cb?tenant=1', kind: 'web' },
    { uri: 'https://app.example.com', kind: 'web' },
    { uri: 'http://127.0.0.1/callback', kind: 'loopback' },
    { uri: 'http://127.0.0.1:33418/', kind: 'loopback' },
    { uri: 'http://[::1]:8080/callback', kind: 'loopback' },
    { uri: 'http://localhost/callback', kind: 'loopback' },
    { uri: 'https://localhost:8443/callback', kind: 'loopback' },
    { uri: 'https://127.0.0.2/callback', kind: 'loopback' },
    { uri: 'https://app.localhost/callback', kind: 'loopback' },
    { uri: 'https://[::ffff:7f00:1]/callback', kind: 'loopback' },
    { uri: 'cursor://anysphere.cursor-mcp/oauth/callback', kind: 'private-use' },
  ])('is $kind: $uri', ({ uri, kind }) => {
    expect(judge(uri)).toEqual({ ok: true, kind })
  })
})

describe('a redirect URI that is refused', () => {
  it.each([
    { because: 'AS-RED-05: http leaves this machine', uri: 'http://evil.example/cb' },
    { because: 'AS-RED-05: only looks like loopback', uri: 'http://localhost.evil.example/cb' },
    { because: 'AS-RED-05: only looks like loopback', uri: 'http://127.0.0.1.evil.example/cb' },
    { because: 'AS-RED-05: an address in another notation', uri: 'http://0x7f.1/cb' },
    { because: 'AS-RED-05: an address in another notation', uri: 'https://2130706433/cb' },
    { because: 'AS-RED-05: http on another loopback address', uri: 'http://127.0.0.2/cb' },
    { because: 'AS-RED-06: runs code', uri: 'javascript:alert(1)' },
    { because: 'AS-RED-06: runs code', uri: 'JavaScript://app.example/%0aalert(1)' },
    { because: 'AS-RED-06: runs code', uri: 'data:text/html,x' },
    { because: 'AS-RED-06: reads the machine', uri: 'file:///etc/passwd' },
    { because: 'AS-RED-06: runs code', uri: 'vbscript:x' },
    { because: 'AS-RED-06: has no owner', uri: 'blob:https://app.example/1' },
    { because: 'AS-RED-06: has no owner', uri: 'about:blank' },
    { because: 'AS-RED-06: scheme not listed', uri: 'vscode://anysphere.cursor-mcp/oauth/callback' },
    { because: 'AS-RED-06: host not listed', uri: 'cursor://evil.example/oauth/callback' },
    { because: 'AS-RED-06: host only begins like a listed one', uri: 'cursor://anysphere.cursor-mcp.evil/oauth' },
    { because: 'AS-RED-06: no host', uri: 'cursor:/oauth/callback' },
    { because: 'AS-RED-08: fragment', uri: 'https://app.example/cb#x' },
    { because: 'AS-RED-08: empty fragment', uri: 'https://app.example/cb#' },
    { because: 'relative', uri: '/callback' },
    { because: 'relative', uri: '//app.example/callback' },
    { because: 'empty', uri: '' },
    { because: 'wildcard host', uri: 'https://*.example.com/cb' },
    { because: 'wildcard path', uri: 'https://app.example/*' },
    { because: 'user name', uri: 'https://app.example@evil.example/cb' },
    { because: 'user name in a private-use URI', uri: 'cursor://x@anysphere.cursor-mcp/oauth' },
    { because: 'line end inside the scheme', uri: 'java\nscript://app.example/x' },
    { because: 'leading blank', uri: ' https://app.example/cb' },
    { because: 'NUL', uri: 'https://app.example/\u0000' },
    { because: 'no-break space', uri: 'https://app.example/\u00a0' },
    { because: 'backslash', uri: 'https://app.example\\@evil.example/cb' },
    { because: 'a host that is not ASCII', uri: 'https://аpp.example/cb' },
    { because: 'no host', uri: 'https:///cb' },
    { because: 'no slashes', uri: 'https:app.example/cb' },
    { because: 'too long', uri: `https://app.example/${'a'.repeat(2048)}` },
  ])('$because: $uri', ({ uri }) => {
    expect(judge(uri)).toEqual({ ok: false, reason: expect.any(String) })
  })
})

describe('the list of private-use redirects', () => {
  it('accepts what is shipped', () => {
    expect(SHIPPED_PRIVATE_USE_REDIRECTS.map(refusePrivateUseEntry)).toEqual([undefined])
  })

  it('opens nothing that was not listed when it is empty', () => {
    expect(judgeRedirectUri('cursor://anysphere.cursor-mcp/oauth/callback', []).ok).toBe(false)
  })

  it('cannot open a scheme that runs code, even when an entry got in', () => {
    expect(judgeRedirectUri('javascript://host/x', ['javascript://host']).ok).toBe(false)
  })

  it.each([
    'javascript://host',
    'cursor:',
    'cursor://',
    'cursor://host/path',
    'Cursor://host',
    'https://host',
    '*://*',
  ])('refuses the entry %s', (entry) => {
    expect(refusePrivateUseEntry(entry)).toEqual(expect.any(String))
  })
})
