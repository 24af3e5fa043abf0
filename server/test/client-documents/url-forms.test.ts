import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../authorize/ask.ts'
import { countConnects } from '../egress/connections.ts'
import { CALLBACK, refusalsIn, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

/** Those that the addresses below name or mean. */
const PORTS_NAMED: readonly unknown[] = [22, 25, 80, 443, 6379].flatMap((port) => [port, String(port)])

const portOf = (target: unknown): unknown =>
  typeof target === 'object' && target !== null && 'port' in target ? target.port : undefined

describe('a client id that has no form of a document URL', () => {
  it.each([
    { id: 'http://client.example/app.json', because: 'it is not https (A51)', door: 'registered' },
    { id: 'HTTPS://client.example/app.json', because: 'a parser would write it in another way (A76)' },
    { id: 'https://CLIENT.example/app.json', because: 'a parser would write it in another way (A76)' },
    { id: 'https://client.example', because: 'it has no path (A52)' },
    { id: 'https://client.example/', because: 'its path is empty (A53)' },
    { id: 'https://client.example?x=/y', because: 'it has no path (A52)' },
    { id: 'https://user@client.example/app.json', because: 'it holds a user name (A54)' },
    { id: 'https://user:word@client.example/app.json', because: 'it holds a password (A54)' },
    { id: 'https://client.example@evil.example/app.json', because: 'it shows one host and leads to another (A54)' },
    { id: 'https://client.example/app.json#part', because: 'it has a fragment (A55)' },
    { id: 'https://client.example/./app.json', because: 'it has a dot segment (A56)' },
    { id: 'https://client.example/a/../app.json', because: 'it has a dot segment (A56)' },
    { id: 'https://client.example/a/..', because: 'it has a dot segment (A56)' },
    { id: 'https://client.example/%2e%2e/app.json', because: 'it has a written-out dot segment (A56)' },
    { id: 'https://client.example/a/.%2E/app.json', because: 'it has a written-out dot segment (A57)' },
    { id: 'https://client.example\\app.json', because: 'parsers disagree about it (A57)' },
    { id: 'https:/client.example/app.json', because: 'parsers disagree about it' },
    { id: 'https://client.example/a b', because: 'it holds a space (A58)' },
    { id: 'https://client.example/app.json\n', because: 'it holds a line end (A58)' },
    { id: 'https://client.example:443/app.json', because: 'it writes out the default port (A76)' },
    { id: 'https://client.example:22/app.json', because: 'another service listens there (A70)' },
    { id: 'https://client.example:25/app.json', because: 'another service listens there (A70)' },
    { id: 'https://client.example:6379/app.json', because: 'another service listens there (A70)' },
    { id: `https://client.example/${'x'.repeat(2_100)}`, because: 'it is longer than any (A59)' },
    { id: 'https://127.0.0.1/app.json', because: 'it names this machine (A60)' },
    { id: 'https://127.1/app.json', because: 'it names this machine (A61)' },
    { id: 'https://2130706433/app.json', because: 'it names this machine (A62)' },
    { id: 'https://0x7f000001/app.json', because: 'it names this machine (A63)' },
    { id: 'https://0177.0.0.1/app.json', because: 'it names this machine (A64)' },
    { id: 'https://[::1]/app.json', because: 'it names this machine (A65)' },
    { id: 'https://[::ffff:7f00:1]/app.json', because: 'it names this machine (A66)' },
    { id: 'https://[64:ff9b::7f00:1]/app.json', because: 'it names this machine (A67)' },
    { id: 'https://localhost/app.json', because: 'it names this machine (A68)' },
    { id: 'https://１２７.0.0.1/app.json', because: 'it names this machine in other digits (A69)' },
    { id: 'https://169.254.169.254/latest/meta-data', because: 'it names the metadata service of a cloud' },
    { id: 'https://intranet/app.json', because: 'it is no public name' },
  ])('is refused and nothing is fetched: $id, because $because (AS-CIMD-02)', async ({ id, door }) => {
    const { server, host } = world
    const connections = host.connections()
    const connects = countConnects()
    const answer = await ask(server, id, { redirect_uri: CALLBACK })
    connects.stop()
    expect(answer).toMatchObject({
      kind: 'page',
      status: 400,
      html: expect.stringContaining('<code>invalid_client</code>'),
    })
    expect(host.connections()).toBe(connections)
    // The test itself and the database are reached at ports of their own.
    expect(connects.targets.flat().filter((target) => PORTS_NAMED.includes(portOf(target)))).toEqual([])
    if (door !== undefined) return
    expect(refusalsIn(server).at(-1)?.code).toMatch(/^SALLYPORT_E_CLIENT_DOCUMENT_(URL|BLOCKED)$/)
  })
})
