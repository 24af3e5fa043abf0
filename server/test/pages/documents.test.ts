import { describe, expect, it } from 'vitest'
import { createPages, PAGE_HEADERS } from '../../src/http/pages/index.ts'
import { TEMPLATES } from '../../src/http/pages/templates/index.ts'
import { renderEvery, VIEWS } from './every-page.ts'
import { findTags, parseTags, textOf, titleOf, valuesOf } from './markup.ts'

const pages = createPages({ basePath: '' })
const documents = Object.entries(renderEvery(pages)).map(([name, html]) => ({ name, html }))

describe.each(documents)('the document $name', ({ html }) => {
  it('has a language, one heading, and the issuer as the first thing to read', () => {
    expect(valuesOf(findTags(html, 'html'), 'lang')).toEqual(['en'])
    expect(findTags(html, 'h1')).toHaveLength(1)
    expect(textOf(html).startsWith('auth.example.com')).toBe(true)
  })

  it('has no script and no style of its own, and loads the style sheet and, to ask for a passkey, the one script', () => {
    const tags = parseTags(html)
    const asksForPasskey = tags.some((tag) => tag.attributes.has('data-passkey'))
    expect(valuesOf(findTags(html, 'script'), 'src')).toEqual(asksForPasskey ? [pages.script.path] : [])
    expect(html.match(/<script[^>]*>/g) ?? []).toHaveLength(asksForPasskey ? 1 : 0)
    expect(html.match(/<script[^>]*>[^<]/g)).toBeNull()
    expect(tags.filter((tag) => ['style', 'iframe', 'object', 'base', 'img'].includes(tag.name))).toEqual([])
    const names = tags.flatMap((tag) => [...tag.attributes.keys()])
    expect(names.filter((name) => name === 'style' || name.startsWith('on'))).toEqual([])
    expect(valuesOf(findTags(html, 'link'), 'href')).toEqual(['data:,', pages.stylesheet.path])
  })

  it('shows the id that joins it with the log, and nothing that is missing', () => {
    expect(textOf(html)).toContain(VIEWS.signIn.correlationId)
    expect(html).not.toMatch(/undefined|\[object|NaN/)
  })

  it('has ids that occur once', () => {
    const ids = parseTags(html).flatMap((tag) => tag.attributes.get('id') ?? [])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('templates', () => {
  it.each(Object.entries(TEMPLATES))('put out raw only other templates and the rendered body: %s', (_, template) => {
    const raw = [...template.matchAll(/<%~\s*(.*?)\s*%>/g)].map(([, expression]) => expression ?? '')
    for (const expression of raw) expect(expression).toMatch(/^include\(|^it\.body$/)
  })
})

describe('the page that moves on', () => {
  it('does so at once, with one link for browsers that do not', () => {
    const html = pages.continueOn({ ...VIEWS.continueOn, next: '/auth/u1?a=1&b=2' })
    const [refresh] = findTags(html, 'meta', { 'http-equiv': 'refresh' })
    expect(refresh?.attributes.get('content')).toBe('0;url=/auth/u1?a=1&b=2')
    expect(valuesOf(findTags(html, 'a', { rel: 'next' }), 'href')).toEqual(['/auth/u1?a=1&b=2'])
    expect(textOf(html)).toContain('you can close this window')
  })
})

describe('the error page', () => {
  it('says what happened and what to do, with the codes for the operator', () => {
    const html = pages.error(VIEWS.error)
    expect(titleOf(html)).toBe('Error: This app cannot be used here · auth.example.com')
    const text = textOf(html)
    for (const part of [VIEWS.error.message, VIEWS.error.advice, VIEWS.error.error, VIEWS.error.code]) {
      expect(text).toContain(part)
    }
    expect(findTags(html, 'form')).toEqual([])
  })
})

describe('the sign-out page', () => {
  it('asks before it signs out', () => {
    const html = pages.signOut(VIEWS.signOut)
    expect(valuesOf(findTags(html, 'form', { method: 'post' }), 'action')).toEqual(['/logout'])
    expect(valuesOf(findTags(html, 'input', { name: 'csrf' }), 'value')).toEqual(['csrf-1'])
    expect(valuesOf(findTags(html, 'button'), 'value')).toEqual(['sign-out'])
    expect(textOf(html)).toContain('signed in as alice')
  })
})

describe('headers and style sheet', () => {
  it('A28, A38, AS-AZ-13: forbid framing, referrers, caches and everything the pages do not load', () => {
    expect(PAGE_HEADERS['Content-Security-Policy']).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(PAGE_HEADERS).toMatchObject({
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    expect(PAGE_HEADERS['Permissions-Policy']).toMatch(/camera=\(\)/)
  })

  it('leave window.opener to clients that open the flow in a popup', () => {
    expect(Object.keys(PAGE_HEADERS).join()).not.toMatch(/cross-origin-opener-policy/i)
  })

  it('serve the style sheet below the path of the issuer, at an address that changes with it', () => {
    const tenant = createPages({ basePath: '/tenant', productName: 'Acme Sign-in' })
    expect(tenant.stylesheet.path).toMatch(/^\/tenant\/assets\/style-[0-9a-f]{16}\.css$/)
    expect(tenant.stylesheet.contentType).toBe('text/css; charset=utf-8')
    expect(tenant.signIn(VIEWS.signIn)).toContain(`href="${tenant.stylesheet.path}"`)
    expect(titleOf(tenant.signIn(VIEWS.signIn))).toBe('Sign in · Acme Sign-in')
  })

  it('load nothing from the style sheet', () => {
    expect(pages.stylesheet.body).not.toMatch(/url\(|@import|@font-face/)
  })
})
