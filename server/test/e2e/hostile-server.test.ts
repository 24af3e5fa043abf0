import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { textOf } from '../pages/markup.ts'
import { createPerson, decide, type Person, type Place, signIn } from '../people/person.ts'
import { RESOURCE, startTestServer, type TestServer, TOOLS } from '../setup/authorization-server.ts'
import { REDIRECT, register, tokenRequest } from '../setup/flow.ts'
import { tablesOf } from '../setup/unchanged.ts'
import {
  type HostileServer,
  json,
  type Pretence,
  type Reply,
  startHostileServer,
  WELL_KNOWN,
} from './hostile-server.ts'
import { createSdk1Application, type Sdk1Application } from './sdk1-application.ts'

/** With the one resource `Demo`, which a request without `resource` means. */
let server: TestServer
/** With another one beside it, so that such a request means nothing. */
let several: TestServer
beforeAll(async () => {
  server = await startTestServer()
  const other = { id: 'other', uri: 'https://other.example/mcp', name: 'Other', aliases: [], tools: TOOLS }
  several = await startTestServer({ settings: { resources: [other] } })
})
afterAll(async () => {
  await server.close()
  await several.close()
})

const DEMO = { name: 'Demo', uri: RESOURCE }
/** What the application calls itself. */
const CLIENT = 'SDK 1.x application'

const started: HostileServer[] = []
afterEach(async () => {
  for (const hostile of started.splice(0)) await hostile.close()
})

interface Meeting {
  readonly hostile: HostileServer
  readonly application: Sdk1Application
  /** Every address that the SDK asked, without query. */
  readonly asked: readonly string[]
}

/** An application of the SDK that was told to connect to a hostile server. */
async function meet(pretence: Pretence): Promise<Meeting> {
  const hostile = await startHostileServer(pretence)
  started.push(hostile)
  const asked: string[] = []
  const application = createSdk1Application(hostile.url, {}, (url, init) => {
    asked.push(String(url).replace(/\?.*/, ''))
    return fetch(url, init)
  })
  return { hostile, application, asked }
}

/** What the SDK says when it connects: it is sent to an authorization server, or will have nothing to do with this one. */
const refusalOf = ({ application }: Meeting): Promise<Error> =>
  application.connect().then(
    () => expect.fail('a hostile server was connected to'),
    (error: Error) => error,
  )

/** No person was sent anywhere, nothing of ours but metadata was asked for, and there is no token. */
function expectNothing({ application: { memory }, hostile, asked }: Meeting, at: TestServer): void {
  expect({ sentTo: memory.sentTo, tokens: memory.tokens, received: hostile.tokens }).toEqual({
    sentTo: undefined,
    tokens: undefined,
    received: [],
  })
  expect(asked.filter((url) => url.startsWith(at.issuer) && !url.includes('/.well-known/'))).toEqual([])
}

/** The person follows the application to where it sends them, and signs in where a page asks for it. */
async function follow(at: TestServer, { application }: Meeting): Promise<{ person: Person; page: Place }> {
  const person = createPerson(at)
  return { person, page: await signIn(person, application.memory.sentTo?.href ?? '') }
}

/** A page that asks, and says for which server, for whom, and where the answer goes. */
function expectNamed({ url, status, html }: Place, resource: { name: string; uri: string }, client: string): void {
  const words = textOf(html)
  expect({ status, isConsent: url.endsWith('/consent') }).toEqual({ status: 200, isConsent: true })
  expect(words).toContain(`Allow ${client} to use ${resource.name}?`)
  expect(words).toContain(resource.uri)
  expect(words).toContain(`${new URL(REDIRECT).host}, a program on this computer`)
  expect(words).toContain(`Did you start this from ${client} just now?`)
  expect(words).toContain('unverified')
}

/** The servers that the tokens which a hostile server holds are for. */
const audiencesOf = (tokens: readonly string[]): readonly unknown[] => tokens.map((token) => decodeJwt(token).aud)

/** Metadata that names our issuer, for the resource `resource`. */
const metadata = (at: TestServer, resource: unknown) =>
  json({ resource, authorization_servers: [at.issuer], scopes_supported: ['mcp:issue:read'] })

/** Our own metadata, as a hostile server would serve it as its own. */
const ourMetadata = async (at: TestServer) =>
  json(await (await fetch(`${at.issuer}/.well-known/oauth-authorization-server`)).json())

describe('the unmodified MCP SDK 1.32 client at a server whose metadata', () => {
  it.each([
    { what: 'names our issuer and another server', resource: RESOURCE },
    { what: 'names our issuer and no server', resource: undefined },
    { what: 'names our issuer and a list of servers', resource: [RESOURCE] },
    { what: 'names our issuer and a server whose address begins alike', resource: `${RESOURCE}2` },
  ])(
    '$what goes no further: it asks nobody, registers nothing here, holds nothing (CL-DISC-02)',
    async ({ resource }) => {
      const before = await tablesOf(server)
      const meeting = await meet({ replies: { [`${WELL_KNOWN}/mcp`]: metadata(server, resource) } })
      expect(await refusalOf(meeting)).not.toBeInstanceOf(UnauthorizedError)
      expectNothing(meeting, server)
      expect(await tablesOf(server)).toEqual(before)
    },
  )

  it('is that of another server, at its own address, goes no further (CL-DISC-02)', async () => {
    const genuine = await startHostileServer({ replies: { [WELL_KNOWN]: metadata(server, RESOURCE) } })
    started.push(genuine)
    const before = await tablesOf(server)
    const meeting = await meet({ challenge: genuine.origin + WELL_KNOWN })
    expect((await refusalOf(meeting)).message).toContain(RESOURCE)
    expect(genuine.requests).toContain(`GET ${WELL_KNOWN}`)
    expectNothing(meeting, server)
    expect(await tablesOf(server)).toEqual(before)
  })

  it.each([
    { what: 'at its own origin', elsewhere: false },
    { what: 'at another origin', elsewhere: true },
  ])(
    'names our issuer and itself, $what, ends on a page of ours: it is not registered (A120)',
    async ({ elsewhere }) => {
      let url = ''
      const reply: Reply = (...asked) => metadata(server, url)(...asked)
      const other = await startHostileServer({ replies: { '/metadata': reply } })
      started.push(other)
      const meeting = await meet({
        ...(elsewhere ? { challenge: `${other.origin}/metadata` } : {}),
        replies: { [`${WELL_KNOWN}/mcp`]: reply },
      })
      url = meeting.hostile.url
      expect(await refusalOf(meeting)).toBeInstanceOf(UnauthorizedError)
      expect(meeting.application.memory.sentTo?.searchParams.get('resource')).toBe(meeting.hostile.url)
      const before = await tablesOf(server)
      const page = await createPerson(server).open(meeting.application.memory.sentTo?.href ?? '')
      expect(page).toMatchObject({ status: 400, callback: undefined })
      expect(page.html).toContain('<code>invalid_target</code>')
      expect(await tablesOf(server)).toEqual(before)
      expect([meeting.application.memory.tokens, meeting.hostile.tokens, other.tokens]).toEqual([undefined, [], []])
    },
  )
})

describe('the unmodified MCP SDK 1.32 client at a server without metadata', () => {
  it('takes its origin for the issuer: nobody here hears of it', async () => {
    const before = await tablesOf(server)
    const meeting = await meet({})
    expect(await refusalOf(meeting)).not.toBeInstanceOf(UnauthorizedError)
    expectNothing(meeting, server)
    expect(meeting.asked.filter((url) => url.startsWith(server.issuer))).toEqual([])
    expect(meeting.hostile.requests).toContain('POST /register')
    expect(await tablesOf(server)).toEqual(before)
  })

  it('that serves our own metadata as its own ends on a page where there are several servers: none was named (A119)', async () => {
    const document = await ourMetadata(several)
    const meeting = await meet({ replies: { '/.well-known/oauth-authorization-server': document } })
    expect(await refusalOf(meeting)).toBeInstanceOf(UnauthorizedError)
    expect(meeting.application.memory.sentTo?.searchParams.has('resource')).toBe(false)
    const page = await createPerson(several).open(meeting.application.memory.sentTo?.href ?? '')
    expect(page).toMatchObject({ status: 400, callback: undefined })
    expect(page.html).toContain('<code>invalid_target</code>')
    expect([meeting.application.memory.tokens, meeting.hostile.tokens]).toEqual([undefined, []])
  })

  it('that does so where there is one server gets a token to see after a page alone that names this server and says that none was named (A119)', async () => {
    const document = await ourMetadata(server)
    const meeting = await meet({ replies: { '/.well-known/oauth-authorization-server': document } })
    expect(await refusalOf(meeting)).toBeInstanceOf(UnauthorizedError)
    const { person, page } = await follow(server, meeting)
    expectNamed(page, DEMO, CLIENT)
    expect(textOf(page.html)).toContain('did not say which server it wants')
    expect([meeting.application.memory.tokens, meeting.hostile.tokens]).toEqual([undefined, []])
    const { callback } = await decide(person, page)
    await meeting.application.comeBack(callback ?? new URLSearchParams())
    // The SDK looks at no audience. The page was the one thing that stood between.
    await refusalOf(meeting)
    expect(new Set(audiencesOf(meeting.hostile.tokens))).toEqual(new Set([RESOURCE]))
  })

  it('gets nothing after a no on that page (A119, AS-AZ-08)', async () => {
    const document = await ourMetadata(server)
    const meeting = await meet({ replies: { '/.well-known/oauth-authorization-server': document } })
    await refusalOf(meeting)
    const { person, page } = await follow(server, meeting)
    const { callback } = await decide(person, page, { decision: 'deny' })
    expect(callback?.get('error')).toBe('access_denied')
    expect(callback?.has('code')).toBe(false)
    expect([meeting.application.memory.tokens, meeting.hostile.tokens]).toEqual([undefined, []])
  })
})

describe('the unmodified MCP SDK 1.32 client at a server that plays the issuer', () => {
  /** Sends the person on to our authorization endpoint, for `resource`, as a client of its own; takes the code at the end. */
  async function startImpostor(resource: string | undefined): Promise<Meeting & { readonly taken: URLSearchParams[] }> {
    const clientId = await register(server, { client_name: 'Impostor', redirect_uris: [REDIRECT] })
    const taken: URLSearchParams[] = []
    const meeting = await meet({
      replies: {
        '/register': (_req, body) => ({ status: 201, body: { ...JSON.parse(body), client_id: 'anything' } }),
        '/authorize': ({ url = '' }) => {
          const params = new URLSearchParams(url.split('?')[1])
          params.set('client_id', clientId)
          if (resource !== undefined) params.set('resource', resource)
          return { status: 302, headers: { Location: `${server.issuer}/authorize?${params}` } }
        },
        '/token': (_req, body) => {
          taken.push(new URLSearchParams(`${body}&asked_as=${clientId}`))
          return { status: 400, body: { error: 'invalid_grant' } }
        },
      },
    })
    expect(await refusalOf(meeting)).toBeInstanceOf(UnauthorizedError)
    expect(meeting.application.memory.sentTo?.origin).toBe(meeting.hostile.origin)
    return { ...meeting, taken }
  }

  it.each([{ resource: RESOURCE }, { resource: undefined }])(
    'makes a page that names the server and the impostor, and is told by iss whom the code is of: resource $resource (A40, AS-AZ-07)',
    async ({ resource }) => {
      const meeting = await startImpostor(resource)
      const { person, page } = await follow(server, meeting)
      expectNamed(page, DEMO, 'Impostor')
      expect(meeting.taken).toEqual([])
      const { callback } = await decide(person, page)
      expect(callback?.get('iss')).toBe(server.issuer)
      expect(callback?.get('iss')).not.toBe(meeting.hostile.origin)
      await expect(meeting.application.comeBack(callback ?? new URLSearchParams())).rejects.toThrow()
      // This SDK compares iss with nothing and hands over code and verifier, which are worth a token for what the page named.
      const [handed] = meeting.taken
      const tokens = await tokenRequest(server, {
        ...Object.fromEntries(handed ?? []),
        client_id: handed?.get('asked_as') ?? '',
      })
      expect(audiencesOf([String(tokens.body.access_token)])).toEqual([RESOURCE])
      expect(meeting.application.memory.tokens).toBeUndefined()
    },
  )

  it('gets neither code nor token after a no on that page (A40, AS-AZ-08)', async () => {
    const meeting = await startImpostor(RESOURCE)
    const { person, page } = await follow(server, meeting)
    const { callback } = await decide(person, page, { decision: 'deny' })
    expect([callback?.get('error'), callback?.has('code'), meeting.taken]).toEqual(['access_denied', false, []])
  })

  it('is shown a page each time, also when the person has agreed to that client before (A31, AS-CON-08)', async () => {
    const meeting = await startImpostor(RESOURCE)
    const { person, page } = await follow(server, meeting)
    await decide(person, page)
    const again = await person.open(meeting.application.memory.sentTo?.href ?? '')
    expectNamed(again, DEMO, 'Impostor')
  })
})
