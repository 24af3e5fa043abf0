import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findDenial } from '../../src/config/document-hosts.ts'
import { formatProblem } from '../../src/config/problem.ts'
import { load, problemsOf, settingsOf } from './loading.ts'

const written = (section: string) => ({ 'sallyport.yaml': `clientDocuments: ${section}` })

describe('clientDocuments.deniedHosts', () => {
  it.each([
    'evil.example',
    '*.evil.example',
    'evil.example:8443',
    '*.1st.example',
    '*.zip',
    'localhost',
    '203.0.113.5',
    '[2001:db8::1]',
  ])('may name %s', (host) => {
    expect(settingsOf(written(`{ deniedHosts: ['${host}'] }`)).clientDocuments.deniedHosts).toEqual([host])
  })

  it.each([
    'Evil.example',
    'https://evil.example',
    'evil.example/',
    '.evil.example',
    'evil.example.',
    'evil.example:443',
    'evil.example:0',
    '*',
    '*.',
    '*evil.example',
    'a.*.example',
    '*.*.example',
    '*.203.0.113.5',
    '203.0.113.05',
    '*.[2001:db8::1]',
    'user@evil.example',
    'злой.example',
  ])('is refused with %j, which would deny nobody', (host) => {
    expect(problemsOf(written(`{ deniedHosts: ['${host}'] }`))).toEqual([
      expect.stringMatching(/clientDocuments\.deniedHosts\[0\].*\[SALLYPORT_E_SETTINGS_VALUE\]/),
    ])
  })

  it('wins over trustedHosts, and whoever wrote both is told', () => {
    const { warnings } = load(
      written("{ trustedHosts: ['a.evil.example', 'b.example'], deniedHosts: ['*.evil.example'] }"),
    )
    expect(warnings.map(formatProblem)).toEqual([
      expect.stringMatching(/clientDocuments\.trustedHosts\[0\].*\*\.evil\.example.*\[SALLYPORT_W_SETTINGS_DENIED\]/),
    ])
  })
})

describe('which hosts an entry denies', () => {
  it.each([
    { entry: 'evil.example', host: 'evil.example', denied: true },
    { entry: 'evil.example', host: 'evil.example.', denied: true },
    { entry: 'evil.example', host: 'evil.example:8443', denied: true },
    { entry: 'evil.example', host: 'evil.example.:8443', denied: true },
    { entry: 'evil.example', host: 'a.evil.example', denied: false },
    { entry: 'evil.example', host: 'notevil.example', denied: false },
    { entry: 'evil.example', host: 'evil.example.com', denied: false },
    { entry: '*.evil.example', host: 'a.evil.example', denied: true },
    { entry: '*.evil.example', host: 'a.b.evil.example:8443', denied: true },
    { entry: '*.evil.example', host: 'evil.example', denied: false },
    { entry: '*.evil.example', host: 'notevil.example', denied: false },
    { entry: 'evil.example:8443', host: 'evil.example:8443', denied: true },
    { entry: 'evil.example:8443', host: 'evil.example', denied: false },
    { entry: '*.zip', host: 'invoice.zip', denied: true },
    { entry: '[2001:db8::1]', host: '[2001:db8::1]:8443', denied: true },
  ])('$entry and $host: $denied', ({ entry, host, denied }) => {
    expect(findDenial(host, ['other.example', entry]) !== undefined).toBe(denied)
  })

  it('are exactly the host itself, or exactly those below it, on whatever port', () => {
    const label = fc.stringMatching(/^[a-z]{1,3}$/)
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
    const port = fc.constantFrom('', ':8443', ':444')
    fc.assert(
      fc.property(name, name, port, (host, entry, at) => {
        expect(findDenial(host + at, [entry]) !== undefined).toBe(host === entry)
        const below = host.split('.').some((_, index, labels) => index > 0 && labels.slice(index).join('.') === entry)
        expect(findDenial(host + at, [`*.${entry}`]) !== undefined).toBe(below)
      }),
    )
  })
})
