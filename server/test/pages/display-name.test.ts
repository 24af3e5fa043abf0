import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayAddress } from '../../src/http/pages/display-address.ts'
import { displayName } from '../../src/http/pages/display-name.ts'

const CLIENT_ID = 'https://ide.acme.dev/client.json'

describe('A83: a name that a client gave itself', () => {
  it.each([
    { what: 'stays as it is when nothing is wrong with it', name: 'Acme IDE', shown: 'Acme IDE' },
    { what: 'keeps letters of other scripts', name: 'アクメ エディタ', shown: 'アクメ エディタ' },
    { what: 'loses right-to-left overrides', name: 'Acme\u202Eedualc', shown: 'Acmeedualc' },
    { what: 'loses bidi isolates', name: '\u2066Acme\u2069\u2067', shown: 'Acme' },
    { what: 'loses zero-width characters', name: 'C\u200Bl\u200Ca\u200Du\u2060de\uFEFF', shown: 'Claude' },
    { what: 'loses soft hyphens, fillers and tags', name: 'C\u00ADl\u3164a\u{E0041}u\u2800de', shown: 'Claude' },
    { what: 'becomes one line', name: 'Acme\r\n\tverified\u2028domain', shown: 'Acme verified domain' },
    { what: 'loses control characters', name: 'Ac\u0000me\u001B[31m\u009F', shown: 'Acme[31m' },
    { what: 'loses lone surrogates', name: 'Acme\uD800', shown: 'Acme' },
    { what: 'is normalised to compatibility forms', name: 'Ｃｌａｕｄｅ ﬁx', shown: 'Claude fix' },
    { what: 'loses ticks, locks and shields', name: '✅Acme ✓✔︎☑🔒 verified🛡️', shown: 'Acme verified' },
    { what: 'keeps markup as text', name: '<b>Acme</b>', shown: '<b>Acme</b>' },
    {
      what: 'keeps four marks of a stack that paints over other lines',
      name: `A${'\u0336'.repeat(90)}`,
      shown: `A${'\u0336'.repeat(4)}`,
    },
  ])('$what', ({ name, shown }) => {
    expect(displayName(name, CLIENT_ID)).toBe(shown)
  })

  it.each([
    { what: 'missing', name: undefined },
    { what: 'empty', name: '' },
    { what: 'made of blanks and invisible characters', name: ' \u200B\u00A0\u3164\n ' },
  ])('is the client id when it is $what', ({ name }) => {
    expect(displayName(name, CLIENT_ID)).toBe(CLIENT_ID)
  })

  it('is cut at 64 characters, with a sign that it was', () => {
    expect(displayName('a'.repeat(64), CLIENT_ID)).toBe('a'.repeat(64))
    expect(displayName('a'.repeat(10_000), CLIENT_ID)).toBe(`${'a'.repeat(63)}…`)
  })

  it('is never cut inside a character that is several code points', () => {
    expect(displayName('👍🏽'.repeat(40), CLIENT_ID)).toBe(`${'👍🏽'.repeat(15)}…`)
  })

  it('holds no character that turns text round, joins, hides or controls, wherever it was put (A83)', () => {
    const hidden = ['\u202a', '\u202e', '\u2066', '\u2069', '\u200b', '\u200d', '\u200f', '\u061c', '\ufeff', '\u0007']
    const pieces = fc.array(fc.oneof(fc.constantFrom(...hidden), fc.string({ unit: 'grapheme', maxLength: 8 })))
    fc.assert(
      fc.property(pieces, (parts) => {
        for (const shown of [displayName(parts.join(''), CLIENT_ID), displayAddress(parts.join(''))]) {
          expect(hidden.filter((character) => shown.includes(character))).toEqual([])
        }
      }),
    )
  })

  it('is short, visible, on one line and stable, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const shown = displayName(name, CLIENT_ID)
        expect(shown.length).toBeGreaterThan(0)
        expect(shown.length).toBeLessThanOrEqual(64)
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|^\s|\s$|\s\s/u)
        expect(displayName(shown, CLIENT_ID)).toBe(shown)
      }),
    )
  })
})
