import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEgress, type Resolve, type Trust } from '../../src/egress/index.ts'
import { CLOSED_TO_ALL } from '../setup/document-host.ts'

let server: Server
let port: number
let connections = 0
beforeAll(async () => {
  server = createServer((_req, res) => void res.end('inside'))
  server.on('connection', () => {
    connections += 1
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const inside: Resolve = async () => [{ address: '127.0.0.1' }]

async function get(url: string, allow: readonly string[], trust: Trust = 'settings') {
  const before = connections
  const outcome = await createEgress({ resolve: inside, settings: { ...CLOSED_TO_ALL, allow } }).get(url, {
    trust,
    accept: '*/*',
    maxBytes: 100,
    timeoutMs: 2_000,
  })
  return { kind: outcome.kind, connections: connections - before }
}

describe('a host and port that the operator named', () => {
  it('may be private and plain http', async () => {
    const answered = { kind: 'answer', connections: 1 }
    expect(await get(`http://127.0.0.1:${port}/`, [`127.0.0.1:${port}`])).toEqual(answered)
    expect(await get(`http://vault.corp.example:${port}/`, [`vault.corp.example:${port}`])).toEqual(answered)
  })

  it('opens no other port, name, spelling or scheme of the same machine', async () => {
    const refused = { kind: 'refused', connections: 0 }
    const allow = [`vault.corp.example:${port}`, '127.0.0.1:1']
    for (const name of ['127.0.0.1', 'corp.example', 'x.vault.corp.example', 'vault.corp.example.', 'localhost']) {
      expect({ name, ...(await get(`http://${name}:${port}/`, allow)) }).toEqual({ name, ...refused })
    }
    expect(await get('http://vault.corp.example/', allow)).toEqual(refused)
    expect(await get('https://vault.corp.example/', allow)).toEqual(refused)
    expect(await get(`http://vault.corp.example:${port + 1}/`, allow)).toEqual(refused)
    expect(await get(`ftp://vault.corp.example:${port}/`, allow)).toEqual(refused)
  })

  it('opens nothing to a stranger who writes the same URL [A71]', async () => {
    expect(await get(`http://127.0.0.1:${port}/`, [`127.0.0.1:${port}`], 'stranger')).toEqual({
      kind: 'refused',
      connections: 0,
    })
  })
})
