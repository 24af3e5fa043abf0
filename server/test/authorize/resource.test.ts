import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { register, signInAndRedeem } from '../setup/flow.ts'
import { ask, askAgreed, expectPage, expectRefusal, expectTaken } from './ask.ts'

const HOSTED = 'https://mcp.example.com/mcp'
const BARE = 'https://tools.example.com'
const tools = TOOLS

/** Registered: the resource under test with its two aliases, one with a path, one without. */
const RESOURCES = [
  { id: 'hosted', uri: HOSTED, name: 'Hosted', aliases: ['https://mcp.example.com/mcp/'], tools },
  { id: 'bare', uri: BARE, name: 'Bare', aliases: [], tools },
]

let server: TestServer
let clientId: string
beforeAll(async () => {
  const portal = {
    id: 'portal',
    name: 'Portal',
    redirectUris: ['http://127.0.0.1/callback'],
    defaultResource: 'hosted',
  }
  server = await startTestServer({ settings: { resources: RESOURCES, clients: [portal] } })
  clientId = await register(server)
})
afterAll(() => server.close())

describe('a resource of an authorization request', () => {
  it.each([
    { spelling: RESOURCE, because: 'it is the identifier' },
    { spelling: `${RESOURCE}/`, because: 'the operator wrote it down' },
    { spelling: 'http://127.0.0.1:9401', because: 'the operator wrote it down' },
    { spelling: 'http://127.0.0.1:9401/', because: 'the slash of an empty path says nothing' },
    { spelling: HOSTED, because: 'it is the identifier' },
    { spelling: 'HTTPS://MCP.Example.COM/mcp', because: 'case of scheme and host says nothing' },
    { spelling: 'https://mcp.example.com:443/mcp', because: 'the default port says nothing' },
    { spelling: 'https://MCP.example.com:443/mcp/', because: 'an alias is canonicalised, too' },
    { spelling: BARE, because: 'it is the identifier' },
    { spelling: `${BARE}/`, because: 'the slash of an empty path says nothing' },
  ])('is taken: $spelling, $because (AS-RES-05, A122)', async ({ spelling }) => {
    await expectTaken(ask(server, clientId, { resource: spelling }))
  })

  it.each([
    { spelling: 'https://nobody.example/mcp', because: 'it is not registered (A120)' },
    { spelling: 'http://mcp.example.com/mcp', because: 'the scheme is another (A122)' },
    { spelling: 'https://mcp.example.com:8443/mcp', because: 'the port is another (A122)' },
    { spelling: 'https://mcp.example.com', because: 'the origin is no alias (A123)' },
    { spelling: 'https://mcp.example.com/MCP', because: 'case of a path counts (A122)' },
    { spelling: 'https://mcp.example.com/mcp2', because: 'it only begins alike (A123)' },
    { spelling: 'https://mcp.example.com/mcp/x', because: 'it lies below (A123)' },
    { spelling: 'https://mcp.example.com/mcp//', because: 'it has one slash too many (A122)' },
    { spelling: 'https://mcp.example.com/%6dcp', because: 'it is encoded (A122)' },
    { spelling: 'https://mcp.example.com/mcp/../mcp', because: 'it has dots (A122)' },
    { spelling: 'https://mcp.example.com/mcp?x=1', because: 'it has a query' },
    { spelling: `${HOSTED}#part`, because: 'it has a fragment (A121, AS-RES-02)' },
    { spelling: `${HOSTED}#`, because: 'it has an empty fragment (A121)' },
    { spelling: 'https://user@mcp.example.com/mcp', because: 'it has a user (A121)' },
    { spelling: '/mcp', because: 'it is relative (A121, AS-RES-02)' },
    { spelling: 'mcp.example.com', because: 'it has no scheme (A121)' },
    { spelling: 'urn:mcp:hosted', because: 'it is no address (A121)' },
    { spelling: 'hosted', because: 'it is an id of the registry' },
    { spelling: ` ${HOSTED}`, because: 'it begins with a space' },
    { spelling: `${HOSTED} ${BARE}`, because: 'it is two in one' },
    { spelling: `${HOSTED},${BARE}`, because: 'it is two in one' },
  ])('is refused with invalid_target: $spelling, $because', async ({ spelling }) => {
    await expectRefusal(server, askAgreed(server, clientId, { resource: spelling }), 'invalid_target')
  })

  it.each([
    { sent: 'two of them', resource: [HOSTED, BARE] },
    { sent: 'one of them twice', resource: [HOSTED, HOSTED] },
    { sent: 'two spellings of one', resource: [HOSTED, `${HOSTED}/`] },
    { sent: 'one of them and an unknown one', resource: [HOSTED, 'https://nobody.example'] },
  ])('is refused with invalid_target: $sent, because one grant is for one resource (A124)', async ({ resource }) => {
    const params = await expectRefusal(server, askAgreed(server, clientId, { resource }), 'invalid_target')
    expect(params.get('error_description')).toMatch(/^only one resource/)
  })
})

describe('an authorization request without a resource', () => {
  it.each([{ resource: undefined }, { resource: '' }])(
    'is refused where several are registered: $resource (A119)',
    async ({ resource }) => {
      await expectRefusal(server, askAgreed(server, clientId, { resource }), 'invalid_target')
    },
  )

  it('means the default of a client that the operator gave one (AS-AZ-18)', async () => {
    await expectTaken(ask(server, 'portal', { resource: undefined }))
  })

  it('means the only one there is (AS-AZ-18, A119)', async () => {
    const alone = await startTestServer()
    const { tokens } = await signInAndRedeem(alone, { resource: undefined })
    expect(audienceOf(tokens.body.access_token)).toBe(RESOURCE)
    await alone.close()
  })

  it('means nothing while none is registered', async () => {
    const empty = await startTestServer()
    await empty.store.resources.remove('demo')
    await expectPage(ask(empty, await register(empty), { resource: undefined }), 'invalid_target')
    await empty.close()
  })
})

describe('an alias', () => {
  it('never reaches the token: the audience is the identifier (AS-RES-05)', async () => {
    const { tokens } = await signInAndRedeem(server, { resource: `${RESOURCE}/` })
    expect(audienceOf(tokens.body.access_token)).toBe(RESOURCE)
  })
})

function audienceOf(token: unknown): unknown {
  const payload = String(token).split('.')[1] ?? ''
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).aud
}
