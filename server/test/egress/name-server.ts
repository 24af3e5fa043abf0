import { createSocket, type Socket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

/** What the name server knows: addresses, and names that are other names. */
export interface Zone {
  readonly [name: string]: {
    readonly a?: readonly string[]
    readonly aaaa?: readonly string[]
    readonly cname?: string
  }
}

const TYPES = { a: 1, cname: 5, aaaa: 28 }
const NO_SUCH_NAME = 3

/** A name server on loopback; `null` is one that never answers. */
export async function startNameServer(
  zone: Zone | null,
): Promise<{ readonly address: string; readonly queries: string[]; close(): void }> {
  const queries: string[] = []
  const socket: Socket = createSocket('udp4', (message, from) => {
    const { name, type, end } = readQuestion(message)
    queries.push(name)
    if (zone !== null) socket.send(answerTo(message.subarray(0, end), zone, name, type), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address() as AddressInfo
  return { address: `127.0.0.1:${port}`, queries, close: () => void socket.close() }
}

/** @see RFC 1035 §4.1.2 */
function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message.readUInt8(at); length > 0; length = message.readUInt8(at)) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 }
}

/** @see RFC 1035 §4.1.1, §4.1.3 */
function answerTo(question: Buffer, zone: Zone, name: string, type: number): Buffer {
  const answers: Buffer[] = []
  let owner = name
  const alias = zone[name]?.cname
  if (alias !== undefined) {
    answers.push(record(owner, TYPES.cname, encodeName(alias)))
    owner = alias
  }
  const { a = [], aaaa = [] } = zone[owner] ?? {}
  if (type === TYPES.a) answers.push(...a.map((ip) => record(owner, type, Buffer.from(ip.split('.').map(Number)))))
  if (type === TYPES.aaaa) answers.push(...aaaa.map((ip) => record(owner, type, bytesOfV6(ip))))
  const header = Buffer.from(question.subarray(0, 12))
  header.writeUInt16BE(0x8180 | (zone[name] === undefined ? NO_SUCH_NAME : 0), 2)
  header.writeUInt16BE(answers.length, 6)
  // What an extension of the query announced is not in the answer.
  header.writeUInt32BE(0, 8)
  return Buffer.concat([header, question.subarray(12), ...answers])
}

function record(owner: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(owner), fixed, data])
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]))
  return Buffer.concat([...labels, Buffer.of(0)])
}

function bytesOfV6(address: string): Buffer {
  const { hostname } = new URL(`http://[${address}]`)
  const [left = '', right = ''] = hostname.slice(1, -1).split('::')
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const [head, tail] = [groups(left), groups(right)]
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex')
}
