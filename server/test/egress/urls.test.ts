import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createEgress, type Resolve, type Trust } from '../../src/egress/index.ts'
import {
  CLOSED_TO_ALL,
  type DocumentHost,
  PUBLIC_ADDRESS,
  startDocumentHost,
  TEST_ROOT,
} from '../setup/document-host.ts'
import { countConnects } from './connections.ts'

const LIMITS = { accept: 'application/json', maxBytes: 5_120, timeoutMs: 2_000 }

let host: DocumentHost
const asked: string[] = []
const connects = countConnects()
beforeAll(async () => {
  host = await startDocumentHost()
})
beforeEach(() => {
  asked.length = 0
  connects.targets.length = 0
})
afterAll(async () => {
  connects.stop()
  await host.close()
})

/** Says that every name there is has a public address, so that only the URL itself can be the reason to refuse. */
const everythingIsPublic: Resolve = async (hostname) => {
  asked.push(hostname)
  return [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port: host.port } }]
}

async function get(url: string, trust: Trust = 'stranger', allow: readonly string[] = []) {
  const egress = createEgress({
    resolve: everythingIsPublic,
    ca: [TEST_ROOT],
    settings: { ...CLOSED_TO_ALL, allow },
  })
  return egress.get(url, { ...LIMITS, trust })
}

/** What a stranger may write down, and what it looks like to somebody in a hurry. */
const STRANGERS: readonly { readonly id: string; readonly why: string; readonly urls: readonly string[] }[] = [
  { id: 'A51', why: 'plain http', urls: ['http://client.example/app.json', 'HTTP://client.example/app.json'] },
  {
    id: 'A51',
    why: 'another scheme',
    urls: ['ftp://client.example/a', 'file:///etc/passwd', 'data:application/json,{}', 'gopher://client.example/_x'],
  },
  { id: 'A51', why: 'no URL', urls: ['', 'client.example/app.json', '//client.example/a', 'https://', 'https:///'] },
  { id: 'A52', why: 'no path', urls: ['https://client.example', 'https://client.example?x', 'https:client.example/a'] },
  {
    id: 'A54',
    why: 'a user name',
    urls: ['https://user@client.example/a', 'https://client.example@127.0.0.1/a', 'https://:pw@client.example/a'],
  },
  { id: 'A55', why: 'a fragment', urls: ['https://client.example/a#b', 'https://client.example/a#'] },
  {
    id: 'A56',
    why: 'dots that climb',
    urls: [
      'https://client.example/./a',
      'https://client.example/x/../a',
      'https://client.example/%2e%2e/a',
      'https://client.example/x/%2E./a',
      'https://client.example/.%2e/a',
    ],
  },
  {
    id: 'A57',
    why: 'a backslash',
    urls: ['https://client.example\\@127.0.0.1/a', 'https:\\\\client.example\\a', 'https://client.example/\\a'],
  },
  {
    id: 'A58',
    why: 'a blank or control character',
    urls: [
      ' https://client.example/a',
      'https://client.example/a ',
      'https://client.example/a b',
      'https://client.ex\tample/a',
      'https://client.example/\r\nHost: x',
      'https://client.example/a\u0000',
    ],
  },
  { id: 'A59', why: 'its length', urls: [`https://client.example/${'a'.repeat(2_048)}`] },
  {
    id: 'A60',
    why: 'an IPv4 address',
    urls: ['https://127.0.0.1/a', 'https://93.184.215.14/a', 'https://10.0.0.1/a', 'https://169.254.169.254/latest'],
  },
  { id: 'A61', why: 'a short IPv4 address', urls: ['https://127.1/a', 'https://127.0.1/a', 'https://0/a'] },
  { id: 'A62', why: 'an IPv4 address as one number', urls: ['https://2130706433/a', 'https://2852039166/a'] },
  { id: 'A63', why: 'an IPv4 address in hexadecimal', urls: ['https://0x7f000001/a', 'https://0x7f.0.0.0x1/a'] },
  { id: 'A64', why: 'an IPv4 address in octal', urls: ['https://0177.0.0.1/a', 'https://017700000001/a'] },
  { id: 'A65', why: 'an IPv6 address', urls: ['https://[::1]/a', 'https://[::]/a', 'https://[2606:4700::1111]/a'] },
  {
    id: 'A66',
    why: 'IPv4 inside of IPv6',
    urls: ['https://[::ffff:127.0.0.1]/a', 'https://[::ffff:7f00:1]/a', 'https://[::127.0.0.1]/a'],
  },
  { id: 'A67', why: 'translated IPv4', urls: ['https://[64:ff9b::7f00:1]/a', 'https://[2002:7f00:1::]/a'] },
  {
    id: 'A68',
    why: 'a name that is not public',
    urls: [
      'https://localhost/a',
      'https://LOCALHOST/a',
      'https://localhost./a',
      'https://a.localhost/a',
      'https://kubernetes/a',
      'https://metadata.google.internal/a',
      'https://printer.local/a',
      'https://router.home.arpa/a',
      'https://hidden.onion/a',
      'https://client.example./a',
      'https://127.0.0.1./a',
    ],
  },
  {
    id: 'A69',
    why: 'letters of another script',
    urls: ['https://①②⑦.⓪.⓪.①/a', 'https://127。0。0。1/a', 'https://clíent.example/a', 'https://ｃlient.example/a'],
  },
  {
    id: 'A70',
    why: 'its port',
    urls: [22, 25, 80, 3306, 5432, 6379, 9490, 11211].map((port) => `https://client.example:${port}/a`),
  },
]

describe('the URL of a stranger', () => {
  const rows = STRANGERS.flatMap(({ id, why, urls }) =>
    urls.map((url) => ({ id, why, url, shown: JSON.stringify(url).slice(0, 60) })),
  )

  it.each(rows)(
    'is refused for $why, nobody is asked and nothing connected: $shown [AS-CIMD-02 AS-CIMD-07 $id]',
    async ({ url }) => {
      const outcome = await get(url)
      expect({ kind: outcome.kind, asked, connects: connects.targets }).toEqual({
        kind: 'refused',
        asked: [],
        connects: [],
      })
    },
  )

  it('is fetched when it is an ordinary one, so that the counts above can be other than nothing', async () => {
    host.serve('https://client.example/app.json?v=1', {})
    expect(await get('https://client.example/app.json?v=1')).toMatchObject({ kind: 'answer', status: 200 })
    expect(await get('https://client.example:8443/app.json')).toMatchObject({ kind: 'answer', status: 404 })
    expect(asked).toEqual(['client.example', 'client.example'])
    expect(connects.targets).toHaveLength(2)
  })

  it('gains nothing from what the operator allowed', async () => {
    const allow = ['127.0.0.1:443', 'localhost:443', 'client.example:80', '127.0.0.1:8443']
    for (const url of [
      'https://127.0.0.1/a',
      'https://localhost/a',
      'http://client.example/a',
      'https://127.0.0.1:8443/a',
    ]) {
      expect(await get(url, 'stranger', allow)).toMatchObject({ kind: 'refused' })
    }
    expect(connects.targets).toEqual([])
  })
})

describe('the URL of the settings', () => {
  it.each([
    { url: 'http://client.example/', why: 'plain http' },
    { url: 'https://user:pw@client.example/', why: 'a user name' },
    { url: 'https://127.0.0.1/', why: 'a private address' },
    { url: 'https://0x7f.1/', why: 'a private address, oddly written' },
    { url: 'https://[::ffff:10.0.0.1]/', why: 'a private address inside of IPv6' },
    { url: 'https://client.example./', why: 'the dot at its end' },
  ])('is refused for $why unless the operator named host and port [AS-CIMD-07]', async ({ url }) => {
    expect(await get(url, 'settings')).toMatchObject({ kind: 'refused' })
    expect({ asked, connects: connects.targets }).toEqual({ asked: [], connects: [] })
  })

  it('may have any port, and a spelling that people use', async () => {
    host.serve('https://client.example:9443/a', {})
    expect(await get('https://Client.example:9443/x/../a', 'settings')).toMatchObject({ kind: 'answer', status: 200 })
  })
})
