import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createSilence, type Server as Silence, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secret } from '../../src/config/secret.ts'
import { createEgress, type Resolve, type Trust } from '../../src/egress/index.ts'
import {
  CLOSED_TO_ALL,
  type DocumentHost,
  PUBLIC_ADDRESS,
  startDocumentHost,
  TEST_ROOT,
} from '../setup/document-host.ts'

const DOCUMENT = 'https://client.example/app.json'

let host: DocumentHost
let refusing: Server
let silence: Silence
const silenced: Socket[] = []
beforeAll(async () => {
  host = await startDocumentHost()
  host.answer(DOCUMENT, (_req, res) => void res.end('x'.repeat(2_000)))
  host.answer('https://client.example/silent', () => undefined)
  refusing = createServer().on('connect', (_req, socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'))
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  silence = createSilence((socket) => void silenced.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => silence.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const socket of silenced) socket.destroy()
  await new Promise((resolve) => silence.close(resolve))
  await new Promise((resolve) => refusing.close(resolve))
  await host.close()
})

const at =
  (address: string, reachedAt?: { address: string; port: number }): Resolve =>
  async () => [reachedAt === undefined ? { address } : { address, reachedAt }]
const here = (): Resolve => at(PUBLIC_ADDRESS, { address: '127.0.0.1', port: host.port })
// Nothing listens on it: it is not handed out.
const nowhere = (): Resolve => at(PUBLIC_ADDRESS, { address: '127.0.0.1', port: 1 })
const swallowed = (): Resolve =>
  at(PUBLIC_ADDRESS, { address: '127.0.0.1', port: (silence.address() as AddressInfo).port })
const undecided: Resolve = () => new Promise(() => undefined)
const nobody: Resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))

interface Case {
  readonly what: string
  readonly url?: string
  readonly trust?: Trust
  readonly resolve: () => Resolve
  readonly proxied?: boolean
  readonly believed?: boolean
  readonly host?: string | undefined
  readonly setting: string
}

const inside = () => at('10.0.0.5')
const CASES: readonly Case[] = [
  { what: 'a private address of the settings', trust: 'settings', resolve: inside, setting: 'egress.allow' },
  {
    what: 'plain http of the settings',
    url: 'http://vault.corp.example:8200/',
    trust: 'settings',
    resolve: inside,
    host: 'vault.corp.example:8200',
    setting: 'egress.allow',
  },
  {
    what: 'a private IPv6 address of the settings',
    url: 'https://[fd00:0::5]:8443/',
    trust: 'settings',
    resolve: inside,
    host: '[fd00::5]:8443',
    setting: 'egress.allow',
  },
  { what: 'a root that is not believed', resolve: here, believed: false, setting: 'egress.ca' },
  { what: 'nobody who listens', resolve: nowhere, setting: 'egress.proxy' },
  { what: 'a connection that nobody speaks on', resolve: swallowed, setting: 'egress.proxy' },
  { what: 'a proxy that says no', resolve: here, proxied: true, setting: 'egress.proxy' },
  { what: 'a private address of a stranger', resolve: inside, setting: 'none' },
  {
    what: 'another scheme of the settings',
    url: 'ftp://client.example/a',
    trust: 'settings',
    resolve: here,
    host: 'client.example:80',
    setting: 'none',
  },
  {
    what: 'plain http of a stranger',
    url: 'http://client.example/a',
    resolve: here,
    host: 'client.example:80',
    setting: 'none',
  },
  { what: 'a port', url: 'https://client.example:22/a', resolve: here, host: 'client.example:22', setting: 'none' },
  { what: 'a number', url: 'https://10.0.0.5/a', resolve: here, host: '10.0.0.5:443', setting: 'none' },
  { what: 'no URL at all', url: 'client.example', resolve: here, host: undefined, setting: 'none' },
  { what: 'a name that does not resolve', resolve: () => nobody, setting: 'none' },
  { what: 'a name server that does not answer', resolve: () => undecided, setting: 'none' },
  { what: 'an answer that is too large', resolve: here, setting: 'none' },
  { what: 'an answer that does not come', url: 'https://client.example/silent', resolve: here, setting: 'none' },
  {
    what: 'a certificate for another name',
    url: 'https://nobody.example/a',
    resolve: here,
    host: 'nobody.example:443',
    setting: 'none',
  },
]

describe('a request without an answer', () => {
  it.each(CASES)('names host and setting for $what: $setting [AS-CIMD-07 A71]', async (each) => {
    const { url = DOCUMENT, trust = 'stranger', resolve, proxied = false, believed = true } = each
    const proxy = proxied ? secret(`http://127.0.0.1:${(refusing.address() as AddressInfo).port}`) : undefined
    const egress = createEgress({
      resolve: resolve(),
      ...(believed ? { ca: [TEST_ROOT] } : {}),
      settings: { ...CLOSED_TO_ALL, proxy },
    })
    const outcome = await egress.get(url, { trust, accept: '*/*', maxBytes: 1_000, timeoutMs: 1_000 })
    expect(outcome).toEqual({
      kind: expect.stringMatching(/^(?:refused|failed)$/),
      reason: expect.any(String),
      host: 'host' in each ? each.host : 'client.example:443',
      setting: each.setting,
    })
  })

  it.each([
    { setting: 'egress.allow' as const, opened: { allow: ['client.example:443'] }, resolve: () => at('10.0.0.5') },
    { setting: 'egress.ca' as const, opened: { ca: [TEST_ROOT] }, resolve: here },
  ])('is let through by the setting it named: $setting', async ({ setting, opened, resolve }) => {
    const ca = setting === 'egress.ca' ? {} : { ca: [TEST_ROOT] }
    const get = async (settings: object, by: Resolve) =>
      createEgress({ resolve: by, ...ca, settings: { ...CLOSED_TO_ALL, ...settings } }).get(DOCUMENT, {
        trust: 'settings',
        accept: '*/*',
        maxBytes: 10_000,
        timeoutMs: 2_000,
      })
    expect(await get({}, resolve())).toMatchObject({ setting })
    const inside = at('10.0.0.5', { address: '127.0.0.1', port: host.port })
    expect(await get(opened, setting === 'egress.allow' ? inside : here())).toMatchObject({ kind: 'answer' })
  })
})
