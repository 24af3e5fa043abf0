import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createCallerReader } from '../../src/http/caller.ts'
import { createProxyHints } from '../../src/http/proxy-hints.ts'

const TRUSTED = ['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.1/32']

function read(peer: string, headers: IncomingMessage['headers'], trusted: readonly string[] = TRUSTED) {
  return createCallerReader(trusted)({ headers, socket: { remoteAddress: peer } as IncomingMessage['socket'] })
}

const addressOf = (peer: string, forwardedFor: string) => read(peer, { 'x-forwarded-for': forwardedFor }).address

describe('the address of a caller', () => {
  it.each([
    { peer: '198.51.100.7', said: '203.0.113.9', address: '198.51.100.7', why: 'the peer is nobody we trust' },
    { peer: '10.0.0.2', said: '203.0.113.9', address: '203.0.113.9', why: 'the proxy says so' },
    {
      peer: '10.0.0.2',
      said: '6.6.6.6, 203.0.113.9',
      address: '203.0.113.9',
      why: 'the rest is what the caller wrote',
    },
    { peer: '10.0.0.2', said: '6.6.6.6, 203.0.113.9, 10.1.1.1', address: '203.0.113.9', why: 'both proxies are ours' },
    {
      peer: '10.0.0.2',
      said: '10.9.9.9, 203.0.113.9',
      address: '203.0.113.9',
      why: 'a caller can write our addresses too',
    },
    { peer: '10.0.0.2', said: '10.9.9.9, 10.8.8.8', address: '10.9.9.9', why: 'somebody inside called' },
    { peer: '10.0.0.2', said: '', address: '10.0.0.2', why: 'the proxy does not say' },
    { peer: '10.0.0.2', said: 'unknown', address: '10.0.0.2', why: 'the proxy does not know' },
    {
      peer: '10.0.0.2',
      said: '6.6.6.6, unknown, 10.1.1.1',
      address: '10.1.1.1',
      why: 'behind an unknown one nothing counts',
    },
    { peer: '10.0.0.2', said: '6.6.6.6, 127.1', address: '10.0.0.2', why: 'odd spellings are no address' },
    { peer: '10.0.0.2', said: '203.0.113.9:4711', address: '203.0.113.9', why: 'some proxies add the port' },
    { peer: '10.0.0.2', said: '[2a00::9]:4711', address: '2a00::9', why: 'of either family' },
    { peer: '10.0.0.2', said: '[2a00::9]', address: '2a00::9', why: 'or brackets alone' },
    { peer: '10.0.0.2', said: '2a00::9', address: '2a00::9', why: 'or neither' },
    { peer: '10.0.0.2', said: ' 203.0.113.9 ,, ', address: '203.0.113.9', why: 'blanks say nothing' },
    { peer: '::ffff:10.0.0.2', said: '203.0.113.9', address: '203.0.113.9', why: 'a socket of both families' },
    { peer: '10.0.0.2', said: '::ffff:10.3.3.3', address: '10.3.3.3', why: 'the same inside the header' },
    { peer: '2001:db8:ffff::2', said: '203.0.113.9', address: '203.0.113.9', why: 'the proxy has IPv6' },
    { peer: '2001:db8:fffe::2', said: '203.0.113.9', address: '2001:db8:fffe::2', why: 'another network has not' },
    { peer: 'fe80::1%eth0', said: '203.0.113.9', address: undefined, why: 'a zone is no address' },
  ])('is $address, for $why [AS-OPS-01 A41]', ({ peer, said, address }) => {
    expect(addressOf(peer, said)).toBe(address)
  })

  it('is the peer, without any proxy, whatever is said', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (peer, said) => {
        const caller = read(peer, { 'x-forwarded-for': said, 'x-forwarded-proto': said }, [])
        expect({ address: caller.address, scheme: caller.scheme, trusted: caller.trusted }).toEqual({
          address: peer,
          scheme: undefined,
          trusted: false,
        })
      }),
    )
  })

  it('does not depend on what the caller wrote left of what the proxy appends [A41]', () => {
    const outside = fc.ipV4().filter((address) => !address.startsWith('10.') && address !== '192.0.2.1')
    fc.assert(
      fc.property(outside, fc.array(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6())), (caller, written) => {
        expect(addressOf('10.0.0.2', [...written, caller].join(', '))).toBe(caller)
      }),
    )
  })

  it('is read from every line of the header, in order', () => {
    const headers = { 'x-forwarded-for': ['6.6.6.6', '203.0.113.9'] } as unknown as IncomingMessage['headers']
    expect(read('10.0.0.2', headers).address).toBe('203.0.113.9')
  })
})

describe('the scheme of a caller', () => {
  it.each([
    { peer: '10.0.0.2', said: 'https', scheme: 'https' },
    { peer: '10.0.0.2', said: 'HTTP', scheme: 'http' },
    { peer: '10.0.0.2', said: 'https, http', scheme: 'http' },
    { peer: '10.0.0.2', said: 'gopher', scheme: undefined },
    { peer: '10.0.0.2', said: '', scheme: undefined },
    { peer: '198.51.100.7', said: 'https', scheme: undefined },
  ])('is $scheme where $peer says $said', ({ peer, said, scheme }) => {
    expect(read(peer, { 'x-forwarded-proto': said }).scheme).toBe(scheme)
  })
})

describe('the operator is told', () => {
  const caller = { address: '198.51.100.7', scheme: undefined, trusted: false, ignored: false } as const

  it('once that somebody who is not trusted speaks for others, however often it happens', () => {
    const report = vi.fn()
    const hint = createProxyHints({ report, https: true })
    for (const _ of [1, 2, 3]) hint({ ...caller, ignored: true })
    expect(report.mock.calls).toEqual([
      [
        'warn',
        expect.stringContaining('trustedProxies'),
        { address: '198.51.100.7', code: 'SALLYPORT_W_PROXY_NOT_TRUSTED' },
      ],
    ])
  })

  it('that people come by plain http, once in a minute, and not where the issuer is http itself', () => {
    const report = vi.fn()
    let now = 0
    const hint = createProxyHints({ report, https: true, now: () => now })
    for (now of [0, 1, 59_999, 60_000, 60_001]) hint({ ...caller, scheme: 'http', trusted: true })
    expect(report.mock.calls.map(([, , { code }]) => code)).toEqual([
      'SALLYPORT_W_PLAIN_HTTP',
      'SALLYPORT_W_PLAIN_HTTP',
    ])
    const dev = vi.fn()
    createProxyHints({ report: dev, https: false })({ ...caller, scheme: 'http', trusted: true })
    createProxyHints({ report: dev, https: true })({ ...caller, scheme: 'https', trusted: true })
    createProxyHints({ report: dev, https: true })(caller)
    expect(dev).not.toHaveBeenCalled()
  })
})
