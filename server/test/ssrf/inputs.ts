import { isIPv6 } from 'node:net'
import { PUBLIC_ADDRESS } from '../setup/document-host.ts'

/** Something a stranger writes down. */
export interface SsrfInput {
  readonly what: string
  /** The URL with a path of the place that is tried, so that no place meets what another one has looked at. */
  readonly url: (place: string) => string
  /** What the name in it has for addresses, look after look; the last is repeated. Undefined for what is not looked up. */
  readonly looks?: readonly (readonly string[])[]
  /** What the host on the public Internet answers there. */
  readonly redirect?: { readonly status: number; readonly location: string }
}

/** One address of each of the eight ranges that lists of what to deny begin with. */
const RANGES_V4 = ['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.0.1', '169.254.169.254']
const RANGES_V6 = ['::1', 'fc00::1', 'fe80::1']
/** What such lists forget. */
const FORGOTTEN = [
  '0.0.0.0',
  '100.64.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  'fd00:ec2::254',
  'fec0::1',
  'ff02::1',
  '2001:db8::1',
]
const REDIRECTS = [301, 302, 303, 307, 308]

const bytesOf = (address: string): readonly number[] => address.split('.').map(Number)
const numberOf = (address: string): number => Buffer.from(bytesOf(address)).readUInt32BE()
const hexOf = (address: string): string =>
  Buffer.from(bytesOf(address))
    .toString('hex')
    .replace(/^(....)/, '$1:')

/** Spellings of an IPv4 address that parsers of URLs, or of some of them, take for it. */
const SPELLINGS: Readonly<Record<string, (address: string) => string>> = {
  'as it is': (address) => address,
  'with a port of ours': (address) => `${address}:8443`,
  'with a dot at its end': (address) => `${address}.`,
  'in octal': (address) =>
    bytesOf(address)
      .map((byte) => `0${byte.toString(8)}`)
      .join('.'),
  'in octal, long': (address) =>
    bytesOf(address)
      .map((byte) => `0000${byte.toString(8)}`)
      .join('.'),
  'in hexadecimal': (address) =>
    bytesOf(address)
      .map((byte) => `0x${byte.toString(16)}`)
      .join('.'),
  'as one number': (address) => String(numberOf(address)),
  'as one number in hexadecimal': (address) => `0x${numberOf(address).toString(16)}`,
  'as one number in octal': (address) => `0${numberOf(address).toString(8)}`,
  short: (address) => `${bytesOf(address)[0]}.${numberOf(address) % 2 ** 24}`,
  'in full-width digits': (address) => address.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  'with dots of another script': (address) => address.replaceAll('.', '。'),
  'percent-encoded': (address) => address.replace(/\d/g, (digit) => `%3${digit}`),
  'behind a user name': (address) => `client.example@${address}`,
  'behind a password': (address) => `client.example:443@${address}`,
  'behind a backslash': (address) => `${address}\\@client.example`,
  mapped: (address) => `[::ffff:${address}]`,
  'mapped, in hexadecimal': (address) => `[::ffff:${hexOf(address)}]`,
  compatible: (address) => `[::${address}]`,
  'translated (NAT64)': (address) => `[64:ff9b::${hexOf(address)}]`,
  'translated locally (NAT64)': (address) => `[64:ff9b:1::${hexOf(address)}]`,
  'tunnelled (6to4)': (address) => `[2002:${hexOf(address)}::]`,
  'tunnelled (Teredo)': (address) => `[2001:0:${hexOf(address)}::1]`,
}

const SPELLINGS_V6: Readonly<Record<string, (address: string) => string>> = {
  'as it is': (address) => `[${address}]`,
  'with a port of ours': (address) => `[${address}]:8443`,
  'with a zone': (address) => `[${address}%25lo]`,
  'with a bare zone': (address) => `[${address}%lo]`,
  'in capitals, with all zeros': (address) => `[${inFull(address).toUpperCase()}]`,
  'behind a user name': (address) => `client.example@[${address}]`,
}

function inFull(address: string): string {
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const zeros = Array.from({ length: 8 - groups(head).length - groups(tail).length }, () => '0')
  return [...groups(head), ...zeros, ...groups(tail)].map((group) => group.padStart(4, '0')).join(':')
}

const at =
  (host: string) =>
  (place: string): string =>
    `https://${host}/${place}.json`

function spelled(addresses: readonly string[], spellings: typeof SPELLINGS): readonly SsrfInput[] {
  return addresses.flatMap((address) =>
    Object.entries(spellings).map(([how, spell]) => ({ what: `${address} ${how}`, url: at(spell(address)) })),
  )
}

/** Ways a name leads to an address. */
const WAYS: Readonly<Record<string, (address: string) => readonly (readonly string[])[]>> = {
  alone: (address) => [[address]],
  'after a public one': (address) => [[PUBLIC_ADDRESS, address]],
  'before a public one': (address) => [[address, PUBLIC_ADDRESS]],
  'once a public one was answered (rebinding)': (address) => [[PUBLIC_ADDRESS], [address]],
}

/** IPv6 addresses of a name that carry an IPv4 address inside. */
const CARRIED = ['mapped', 'compatible', 'translated (NAT64)', 'translated locally (NAT64)', 'tunnelled (6to4)']

function named(): readonly Omit<SsrfInput, 'url'>[] {
  const all = [...RANGES_V4, ...RANGES_V6].flatMap((address) =>
    Object.entries(WAYS).map(([how, looks]) => ({ what: `a name with ${address} ${how}`, looks: looks(address) })),
  )
  const forgotten = FORGOTTEN.map((address) => ({ what: `a name with ${address} alone`, looks: [[address]] }))
  const carried = RANGES_V4.flatMap((address) =>
    CARRIED.map((how) => {
      const inside = (SPELLINGS[how]?.(address) ?? '').replace(/^\[|\]$/g, '')
      return { what: `a name with ${address} ${how}`, looks: [[inside]] }
    }),
  )
  const zoned = { what: 'a name with fe80::1 in a zone', looks: [['fe80::1%lo']] }
  return [...all, ...forgotten, ...carried, zoned]
}

function redirected(): readonly SsrfInput[] {
  const targets = [...RANGES_V4, ...RANGES_V6].map((address) => (isIPv6(address) ? `[${address}]` : address))
  return targets.flatMap((target, number) =>
    REDIRECTS.map((status, way) => ({
      what: `a redirect (${status}) to ${target}`,
      url: (place) => `https://client.example/redirected/${number}-${status}/${place}.json`,
      redirect: { status, location: LOCATIONS[way % LOCATIONS.length]?.(target) ?? '' },
    })),
  )
}

const LOCATIONS: readonly ((target: string) => string)[] = [
  (target) => `https://${target}/`,
  (target) => `http://${target}/`,
  (target) => `//${target}/`,
  (target) => `https://client.example@${target}/`,
  (target) => `https://${target}:8443/app.json`,
]

/** Names that lead nowhere in public, without anybody having to look them up. */
const SPECIAL_NAMES = ['localhost', 'localhost.', 'db', 'metadata.google.internal', 'printer.local', 'a.localhost']

/** Every input. Names get one host each, so that what is looked up for one says nothing about another. */
export const SSRF_INPUTS: readonly SsrfInput[] = [
  ...spelled(RANGES_V4, SPELLINGS),
  ...spelled(RANGES_V6, SPELLINGS_V6),
  ...spelled(['0.0.0.0'], { 'as it is': (address) => address, 'as one number': () => '0' }),
  ...SPECIAL_NAMES.map((name) => ({ what: `the name ${name}`, url: at(name) })),
  ...named().map((input, number) => ({ ...input, url: at(`n${number}.attack.example`) })),
  ...redirected(),
]
