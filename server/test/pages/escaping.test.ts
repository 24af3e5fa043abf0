import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPages } from '../../src/http/pages/index.ts'
import { renderEvery, VIEWS, type Views } from './every-page.ts'
import { parseTags, type Tag, textOf } from './markup.ts'

const pages = createPages({ basePath: '' })
/** Fields that are chosen by our own code out of a closed set. */
const CLOSED_FIELDS = new Set(['kind', 'known', 'toolClass', 'longest', 'value', 'accountPath'])
const ACCOUNT_PATH = '/account'
const PAYLOADS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onfocus='alert(1)' autofocus='",
  '" style="position:fixed" x="',
  '</title></head><body onload=alert(1)>',
  '</textarea><!--',
  '<% it.constructor.constructor("return process")() %>',
  '{client} {resource} $& $1 $$',
  '&lt;b&gt; &amp;amp;',
]

function withEveryString(value: unknown, replacement: string, key = ''): unknown {
  if (typeof value === 'string') {
    if (CLOSED_FIELDS.has(key)) return value
    return key === 'next' ? `/${replacement.replace(/[\s\\/]/g, '')}` : replacement
  }
  if (Array.isArray(value)) return value.map((each) => withEveryString(each, replacement, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withEveryString(each, replacement, name)]),
  )
}

function renderWith(payload: string): [string, string][] {
  return Object.entries(renderEvery(pages, withEveryString(VIEWS, payload) as Views))
}

function shapeOf(tags: readonly Tag[]): string[] {
  return tags.map((tag) => `${tag.name} ${[...tag.attributes.keys()].join(' ')}`)
}

const benign = new Map(renderWith('benign').map(([name, html]) => [name, shapeOf(parseTags(html))]))

describe('A23, AS-CON-03: hostile text in every field of every view', () => {
  it.each(PAYLOADS)('changes no tag and no attribute: %s', (payload) => {
    for (const [name, html] of renderWith(payload)) {
      expect(shapeOf(parseTags(html)), name).toEqual(benign.get(name))
    }
  })

  it('is shown as it is', () => {
    for (const [name, html] of renderWith('<b>"A" & \'B\'</b>')) {
      expect(textOf(html), name).toContain('<b>"A" & \'B\'</b>')
    }
  })

  it('changes no tag and no attribute, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const [name, html] of renderWith(text || ' ')) {
          expect(shapeOf(parseTags(html)), name).toEqual(benign.get(name))
        }
      }),
      { numRuns: 50 },
    )
  })
})

/** Expects that no page but the one that moves on leads to the address, and that nothing is loaded. */
function expectNeverLed(hostile: string): void {
  for (const [name, html] of renderWith(hostile)) {
    if (name === 'continueOn' || name === 'moveOn') continue
    const tags = parseTags(html)
    const leading = tags.filter(
      (tag) =>
        ['img', 'iframe', 'object', 'area', 'base'].includes(tag.name) ||
        (tag.name === 'a' && tag.attributes.get('href') !== ACCOUNT_PATH),
    )
    expect(leading, name).toEqual([])
    const targets = tags.flatMap(({ attributes }) =>
      ['href', 'src', 'srcset', 'formaction', 'poster', 'content'].map((attribute) => attributes.get(attribute)),
    )
    expect(targets, name).not.toContain(hostile)
  }
}

describe('an address that a client chose', () => {
  it('is never a link, an image or a form target', () => {
    expectNeverLed('https://evil.example/x')
  })

  it('is never a link nor loaded, whatever addresses a client gives, on any page before and after approval (A84)', () => {
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true }), expectNeverLed), { numRuns: 15 })
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'cursor://x',
    ' https://evil.example',
    '',
  ])('is refused as the next page when it is no path or http address: %j', (next) => {
    expect(() => pages.continueOn({ ...VIEWS.continueOn, next })).toThrow(RangeError)
  })
})
