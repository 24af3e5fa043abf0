import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { judgeAllowEntry } from '../../src/config/egress-rules.ts'
import { TEST_ROOT } from '../setup/document-host.ts'
import { problemsOf, settingsOf } from './loading.ts'

const yaml = (text: string) => ({ 'sallyport.yaml': text })

describe('egress', () => {
  it('is closed unless something is said', () => {
    expect(settingsOf({}).egress).toEqual({ allow: [], proxy: undefined, ca: [] })
  })

  it.each([
    { written: 'vault.internal:8200', entry: 'vault.internal:8200' },
    { written: 'Vault.Internal:0443', entry: 'vault.internal:443' },
    { written: '127.0.0.1:80', entry: '127.0.0.1:80' },
    { written: '0x7f.1:80', entry: '127.0.0.1:80' },
    { written: '[::0001]:443', entry: '[::1]:443' },
  ])('allows $written as a URL parser would write it', ({ written, entry }) => {
    expect(judgeAllowEntry(written)).toEqual({ ok: true, entry })
  })

  it.each([
    'vault.internal',
    '*.internal:443',
    '*:443',
    'https://vault.internal:8200',
    'vault.internal:8200/secret',
    'user@vault.internal:8200',
    'vault.internal:0',
    'vault.internal:65536',
    'vault.internal:',
    ':443',
    '::1:443',
    '10.0.0.0/8:443',
    'a b:443',
  ])('does not allow more than one host and port at a time: %s', (written) => {
    expect(problemsOf(yaml(`egress: { allow: ['${written}'] }`))).toEqual([
      expect.stringMatching(/^sallyport\.yaml:1:\d+: egress\.allow\[0\]: must .*\[SALLYPORT_E_SETTINGS_VALUE\]$/),
    ])
  })

  it('takes a proxy with its password from a file, and shows neither', () => {
    const disk = { ...yaml('egress: { proxyFile: proxy.url }'), 'proxy.url': 'http://me:hunter2@proxy.corp:3128\n' }
    const { egress } = settingsOf(disk)
    expect(egress.proxy?.reveal()).toBe('http://me:hunter2@proxy.corp:3128')
    expect(inspect(egress) + JSON.stringify(egress)).not.toContain('hunter2')
  })

  it.each([
    'proxy.corp:3128',
    'socks5://proxy.corp:1080',
    'http://proxy.corp:3128/path',
    'http://me:hunter2@proxy.corp?x',
  ])('refuses a proxy that is none, without repeating it: %s', (proxy) => {
    const problems = problemsOf(yaml(`egress: { proxy: '${proxy}' }`))
    expect(problems).toEqual([expect.stringMatching(/egress\.proxy: must /)])
    expect(problems.join()).not.toContain('hunter2')
  })

  it('reads further roots from the file that is named, each of them', () => {
    const disk = { ...yaml('egress: { ca: roots.pem }'), 'roots.pem': `# ours\n${TEST_ROOT}\n${TEST_ROOT}` }
    expect(settingsOf(disk).egress.ca).toEqual([TEST_ROOT.trim(), TEST_ROOT.trim()])
  })

  it.each([
    { what: 'is not there', files: {}, reason: 'does not exist' },
    { what: 'holds no certificate', files: { 'roots.pem': 'hello' }, reason: 'holds no certificate in PEM' },
    {
      what: 'holds a broken one among good ones',
      files: { 'roots.pem': `${TEST_ROOT}\n${TEST_ROOT.replaceAll('M', 'N')}` },
      reason: 'holds something (number 2) that is no certificate',
    },
  ])('refuses a file of roots that $what', ({ files, reason }) => {
    const problems = problemsOf({ ...yaml('egress: { ca: roots.pem }'), ...files })
    expect(problems).toEqual([
      `sallyport.yaml:1:15: egress.ca: /srv/app/roots.pem ${reason} [SALLYPORT_E_SETTINGS_FILE]`,
    ])
  })
})
