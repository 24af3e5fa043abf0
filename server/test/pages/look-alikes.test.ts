import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayHost } from '../../src/http/pages/display-host.ts'
import { isDisguised } from '../../src/http/pages/look-alikes.ts'

describe('A83: a name whose letters can pass for others', () => {
  it.each([
    { what: 'a Cyrillic letter among Latin ones', name: '\u0421laude' },
    { what: 'a Greek letter among Latin ones', name: 'Cl\u03b1ude' },
    { what: 'a second word in look-alikes', name: 'Claude \u0421\u043e\u0501\u0435' },
    { what: 'a whole name in Cyrillic look-alikes', name: '\u0441\u043e\u0440\u0435' },
    { what: 'a whole name in Greek look-alikes', name: '\u0391\u039a\u039c\u0395' },
    { what: 'a whole name in Armenian look-alikes', name: '\u057d\u0585\u0578' },
    { what: 'letters of a script that is hardly used', name: '\u13df\u13b3\u13a4\u13a0\u13ac' },
    { what: 'a click that looks like l', name: '\u01c0ogin' },
    { what: 'a phonetic letter', name: 'Acme \u0261' },
    { what: 'words that are joined', name: 'Acme-\u0421laude' },
  ])('is told: $what', ({ name }) => {
    expect(isDisguised(name)).toBe(true)
  })

  it.each([
    'Claude',
    'GitHub Copilot CLI 2.0',
    'Café Ñandú',
    'Tiếng Việt',
    'Türkçe ışık',
    'アクメ エディタ',
    '日本語IDE',
    '한글 Editor',
    'Яндекс Browser',
    'Заметки о коде',
    'Ελληνικά',
    'עורך',
    'محرر النصوص',
    'हिन्दी संपादक',
    '👍🏽 Desk',
    '2048',
  ])('is nobody else: %s', (name) => {
    expect(isDisguised(name)).toBe(false)
  })

  it('is told wherever one letter of another alphabet stands in a Latin word', () => {
    const latin = fc.stringMatching(/^[A-Za-z]{1,12}$/)
    fc.assert(
      fc.property(latin, latin, fc.constantFrom(...'асеорхіαογЖδ'), (before, after, letter) => {
        expect(isDisguised(`${before}${letter}${after}`)).toBe(true)
      }),
    )
  })
})

describe('A83: a host on a page', () => {
  const shown = (host: string): string => displayHost(URL.parse(`https://${host}/`)?.host ?? '')

  it.each([
    { what: 'mixes scripts', host: '\u0441laude.example' },
    { what: 'is in look-alikes alone', host: '\u0430\u0440\u0440\u04cf\u0435.example' },
    { what: 'differs by a mark alone', host: 'claud\u0117.example' },
    { what: 'mixes Latin with a sign of another script', host: 'claude\u30fc.example' },
    { what: 'is in a script that is hardly used', host: '\u13df\u13b3.example' },
    { what: 'runs the other way', host: '\u05d9\u05e9\u05e8\u05d0\u05dc.example' },
    { what: 'is such in one label of many', host: '\u0441laude.\u0438\u043c\u044f.example' },
  ])('stays punycode where it $what', ({ host }) => {
    expect(shown(host)).toBe(domainToASCII(host))
    expect(shown(host)).toMatch(/^[\x21-\x7e]+$/)
  })

  it.each([
    { host: 'яндекс.example', says: 'xn--d1acpjx3f.example (яндекс.example)' },
    { host: '例え.example:8443', says: 'xn--r8jz45g.example:8443 (例え.example:8443)' },
    { host: 'claude.ai', says: 'claude.ai' },
    { host: '127.0.0.1:8443', says: '127.0.0.1:8443' },
    { host: '[::1]:8443', says: '[::1]:8443' },
  ])('is punycode with how it reads where that passes for nothing else: $says', ({ host, says }) => {
    expect(shown(host)).toBe(says)
  })

  it('begins with the host as it is in addresses, and what stands beside it leads to the same, whatever was asked for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), (label) => {
        const host = URL.parse(`https://${label}.example/`)?.host
        if (host === undefined) return
        const [ascii, reading = `(${ascii})`] = displayHost(host).split(' ')
        expect(ascii).toBe(host)
        expect(URL.parse(`https://${reading.slice(1, -1)}/`)?.host).toBe(host)
      }),
    )
  })
})
