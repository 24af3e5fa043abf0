import { BlockList, isIPv4 } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createEgress, type ResolvedAddress } from '../../src/egress/index.ts'
import { refuseAddress } from '../../src/egress/special-addresses.ts'
import {
  CLOSED_TO_ALL,
  type DocumentHost,
  PUBLIC_ADDRESS,
  startDocumentHost,
  TEST_ROOT,
} from '../setup/document-host.ts'
import { countConnects } from './connections.ts'

/** The special-purpose registries of IANA, written down once more: an oracle that shares nothing with the judge. */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '168.63.129.16/32',
]
const SPECIAL_V6 = [
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
]

// One list each: Node's own looks for an IPv4 address in the networks of IPv6 too.
const listOf = (networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList => {
  const list = new BlockList()
  for (const network of networks) list.addSubnet(network.split('/')[0] ?? '', Number(network.split('/')[1]), family)
  return list
}
const specialV4 = listOf(SPECIAL_V4, 'ipv4')
const specialV6 = listOf(SPECIAL_V6, 'ipv6')
const isSpecial = (address: string): boolean =>
  isIPv4(address) ? specialV4.check(address, 'ipv4') : specialV6.check(address, 'ipv6')

const hex = (bytes: readonly number[]): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(....)/, '$1:')

describe('an address', () => {
  it('is public or refused: whatever the registries set apart is refused, and nothing else of IPv4 [AS-CIMD-07]', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(refuseAddress(address) !== undefined).toBe(isSpecial(address))
      }),
    )
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(refuseAddress(address) !== undefined).toBe(isSpecial(address))
      }),
    )
  })

  it('at either edge of every special network is refused, and beyond it judged for itself [AS-CIMD-07]', () => {
    for (const network of SPECIAL_V4) {
      const [base = '', bits] = network.split('/')
      const first = Buffer.from(base.split('.').map(Number)).readUInt32BE()
      const last = first + 2 ** (32 - Number(bits)) - 1
      for (const number of [first - 1, first, last, last + 1]) {
        const bytes = Buffer.alloc(4)
        bytes.writeUInt32BE(((number % 2 ** 32) + 2 ** 32) % 2 ** 32)
        const address = bytes.join('.')
        expect({ address, refused: refuseAddress(address) !== undefined }).toEqual({
          address,
          refused: isSpecial(address),
        })
      }
    }
  })

  it('of IPv6 with an IPv4 address inside is refused, whatever lies inside [A66 A67]', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), (bytes) => {
        const inside = hex(bytes)
        const forms = [`::ffff:${inside}`, `::ffff:${bytes.join('.')}`, `::${inside}`, `64:ff9b::${inside}`]
        const tunnels = [`64:ff9b:1::${inside}`, `2002:${inside}::`, `2001:0:${inside}::1`, `::ffff:0:${inside}`]
        for (const address of [...forms, ...tunnels])
          expect({ address, is: refuseAddress(address) }).not.toEqual({ address, is: undefined })
      }),
    )
  })

  it.each([
    '',
    'localhost',
    '127.1',
    '0x7f000001',
    '0177.0.0.1',
    '2606:4700::1111%lo',
    '1.1.1.1/32',
    ' 1.1.1.1',
    '[::1]',
  ])('is refused when it is none as it should be written: %j', (address) => {
    expect(refuseAddress(address)).toBe('is no plain IP address')
  })

  it.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700:4700::1111', '2a00:1450:4001::200e'])(
    'passes when it is an ordinary one: %s',
    (address) => {
      expect(refuseAddress(address)).toBeUndefined()
    },
  )
})

describe('a name', () => {
  let host: DocumentHost
  const connects = countConnects()
  beforeEach(() => {
    connects.targets.length = 0
  })
  afterAll(async () => {
    connects.stop()
    await host?.close()
  })

  async function get(answers: readonly (readonly (string | ResolvedAddress)[])[]) {
    const left = [...answers]
    let asked = 0
    const egress = createEgress({
      async resolve() {
        asked += 1
        return (left.shift() ?? []).map((address) => (typeof address === 'string' ? { address } : address))
      },
      ca: [TEST_ROOT],
      settings: CLOSED_TO_ALL,
    })
    const request = { trust: 'stranger', accept: '*/*', maxBytes: 100, timeoutMs: 2_000 } as const
    const outcomes = []
    for (const _ of answers) outcomes.push(await egress.get('https://client.example/app.json', request))
    return { outcomes, asked }
  }

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '100.100.100.200',
    '169.254.169.254',
    '192.0.0.192',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '168.63.129.16',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fe80::1',
    'fe80::1%lo',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '100::1',
    '3fff::1',
  ])('that leads to %s is refused before anything connects [AS-CIMD-07 A71]', async (address) => {
    const { outcomes } = await get([[address]])
    expect(outcomes).toMatchObject([
      { kind: 'refused', reason: expect.stringContaining(`client.example leads to ${address}, which is`) },
    ])
    expect(connects.targets).toEqual([])
  })

  it.each([
    { addresses: [PUBLIC_ADDRESS, '127.0.0.1'] },
    { addresses: ['127.0.0.1', PUBLIC_ADDRESS] },
    { addresses: [PUBLIC_ADDRESS, '2606:4700::1111', 'fd00::1'] },
  ])('is refused for one bad address among good ones: $addresses [AS-CIMD-07 A71]', async ({ addresses }) => {
    expect((await get([addresses])).outcomes).toMatchObject([{ kind: 'refused' }])
    expect(connects.targets).toEqual([])
  })

  it('without an address leads nowhere', async () => {
    expect((await get([[]])).outcomes).toMatchObject([{ kind: 'failed', reason: 'the name has no address' }])
    expect(connects.targets).toEqual([])
  })

  it('is looked up once, and what was judged is connected to: a second answer comes too late [AS-CIMD-07 A72]', async () => {
    host = await startDocumentHost()
    const first = { address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port: host.port } }
    const { outcomes, asked } = await get([[first], ['127.0.0.1']])
    expect(outcomes).toMatchObject([{ kind: 'answer' }, { kind: 'refused' }])
    expect({ asked, accepted: host.connections(), tried: connects.targets.length }).toEqual({
      asked: 2,
      accepted: 1,
      tried: 1,
    })
  })

  it('is judged by its address even when a resolver says that it is reached elsewhere', async () => {
    const reachedAt = { address: '127.0.0.1', port: host.port }
    expect((await get([[{ address: '10.0.0.1', reachedAt }]])).outcomes).toMatchObject([{ kind: 'refused' }])
    expect(connects.targets).toEqual([])
  })
})
