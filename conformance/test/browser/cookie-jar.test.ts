import { describe, expect, it } from 'vitest'
import { createCookieJar } from '../../src/browser/cookie-jar.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')
const at = (url: string): URL => new URL(url)

function kept(line: string, from = 'https://as.example/login/page'): (url: string, now?: number) => string | undefined {
  const jar = createCookieJar()
  jar.keep(at(from), [line], NOW)
  return (url, now = NOW) => jar.headerFor(at(url), now)
}

describe('cookies of the browser', () => {
  it('go back to the origin that set them and to no other', () => {
    const sent = kept('sid=1; Path=/')
    expect(sent('https://as.example/authorize')).toBe('sid=1')
    expect(sent('https://other.example/authorize')).toBeUndefined()
    expect(sent('https://as.example:8443/authorize')).toBeUndefined()
  })

  it('go to their path and below, and begin in the folder of the page without one', () => {
    const sent = kept('sid=1')
    expect(sent('https://as.example/login/next')).toBe('sid=1')
    expect(sent('https://as.example/loginx')).toBeUndefined()
    expect(kept('sid=1; Path=/authorize')('https://as.example/authorize/resume')).toBe('sid=1')
  })

  it('go to a whole domain where they are set for it, and never to a top-level one', () => {
    expect(kept('sid=1; Path=/; Domain=.example.org', 'https://a.example.org/')('https://b.example.org/')).toBe('sid=1')
    expect(kept('sid=1; Path=/; Domain=org', 'https://a.example.org/')('https://b.example.org/')).toBeUndefined()
    expect(kept('sid=1; Path=/; Domain=other.org', 'https://a.example.org/')('https://a.example.org/')).toBeUndefined()
  })

  it('that are Secure stay off http, except on loopback', () => {
    expect(kept('sid=1; Path=/; Secure', 'http://as.example/')('http://as.example/')).toBeUndefined()
    expect(kept('sid=1; Path=/; Secure', 'http://127.0.0.1:9400/')('http://127.0.0.1:9400/')).toBe('sid=1')
  })

  it('end with Max-Age, with Expires, and when they are deleted', () => {
    expect(kept('sid=1; Path=/; Max-Age=60')('https://as.example/', NOW + 61_000)).toBeUndefined()
    expect(kept('sid=1; Path=/; Expires=Wed, 25 Nov 2026 12:01:00 GMT')('https://as.example/', NOW)).toBe('sid=1')
    expect(kept('sid=1; Path=/; Expires=Wed, 25 Nov 2026 11:59:00 GMT')('https://as.example/', NOW)).toBeUndefined()
    const jar = createCookieJar()
    jar.keep(at('https://as.example/'), ['sid=1; Path=/', 'other=2; Path=/'], NOW)
    jar.keep(at('https://as.example/'), ['sid=; Path=/; Max-Age=0'], NOW)
    expect(jar.headerFor(at('https://as.example/'), NOW)).toBe('other=2')
  })

  it('are sent with the longer path first', () => {
    const jar = createCookieJar()
    jar.keep(at('https://as.example/a/b'), ['x=1; Path=/', 'y=2; Path=/a'], NOW)
    expect(jar.headerFor(at('https://as.example/a/b'), NOW)).toBe('y=2; x=1')
  })
})
