import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KNOWN_CLIENTS } from '../../src/http/known-clients/known-clients.ts'
import { isKnownClient } from '../../src/http/known-clients/recognise.ts'
import { textOf } from '../pages/markup.ts'
import { createPerson, decide, type Place, signIn } from '../people/person.ts'
import { DOCUMENTS_OF_ALL, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { type DocumentHost, startDocumentHost } from '../setup/document-host.ts'
import { authorization } from '../setup/flow.ts'
import { documentOf } from './world.ts'

const CLAUDE = 'https://claude.ai/oauth/mcp-oauth-client-metadata'
const CLAUDE_CODE = 'https://claude.ai/oauth/claude-code-client-metadata'
const CALLBACK = 'https://claude.ai/api/mcp/auth_callback'
const LOOPBACK = 'http://localhost:51234/callback'

let host: DocumentHost
let server: TestServer
let silent: TestServer
beforeAll(async () => {
  host = await startDocumentHost()
  // What the list names is on the Internet: here the host of the tests answers for it, below a path of its own.
  const inner = host.egress()
  const egress: typeof inner = {
    ...inner,
    get: (url, options) => inner.get(url.replace('https://claude.ai/', 'https://client.example/claude/'), options),
  }
  server = await startTestServer({ egress })
  const settings = { mode: 'serve' as const, clientDocuments: { ...DOCUMENTS_OF_ALL, knownClients: false } }
  const other = await startTestServer({ egress, settings, sharing: server })
  silent = { ...other, issuer: other.origin }
  publish(CLAUDE, { client_name: 'Claude', redirect_uris: [CALLBACK, 'https://other.example/cb'] })
  publish(CLAUDE_CODE, { client_name: 'Claude Code', redirect_uris: ['http://localhost/callback'] })
})
afterAll(async () => {
  await silent.close()
  await server.close()
  await host.close()
})

function publish(url: string, members: Record<string, unknown>): void {
  host.serve(url.replace('https://claude.ai/', 'https://client.example/claude/'), documentOf(url, members))
}

const pageOf = (of: TestServer, clientId: string, redirect_uri: string): Promise<Place> =>
  signIn(createPerson(of), authorization(of, clientId, { redirect_uri }).url)

describe('a client on the list of known clients', () => {
  it('is called known where it comes from, beside its name', async () => {
    const { html } = await pageOf(server, CLAUDE, CALLBACK)
    expect(textOf(html)).toContain('Requested by Claude verified by claude.ai, where Claude is known to come from')
  })

  it('is a program that nobody can verify where it answers on this machine, with the warning of any other (A82)', async () => {
    const text = textOf((await pageOf(server, CLAUDE_CODE, LOOPBACK)).html)
    expect(text).toContain('named by claude.ai, where Claude Code is known to come from; which program asks cannot')
    expect(text).toContain('Did you start this from Claude Code just now?')
  })

  it('gets nothing for it: no page is skipped, first or later, and no permission is ticked that was not', async () => {
    const person = createPerson(server)
    const request = (): string => authorization(server, CLAUDE, { redirect_uri: CALLBACK }).url
    const first = await signIn(person, request())
    expect(first.callback).toBeUndefined()
    const plain = await pageOf(silent, CLAUDE, CALLBACK)
    const boxes = (html: string): string[] => html.match(/<input type="checkbox"[^>]*>/g) ?? []
    expect(boxes(first.html)).toEqual(boxes(plain.html))
    await decide(person, first)
    expect((await person.open(request())).callback).toBeUndefined()
  })

  it('is one of many with another address, and the page says where the answer goes (A85)', async () => {
    const text = textOf((await pageOf(server, CLAUDE, 'https://other.example/cb')).html)
    expect(text).toContain('verified domain claude.ai, which gave itself this name')
    expect(text).toContain('The answer goes to other.example, not to claude.ai.')
  })

  it('is one of many where the operator switched the list off', async () => {
    const text = textOf((await pageOf(silent, CLAUDE, CALLBACK)).html)
    expect(text).toContain('verified domain claude.ai, which gave itself this name')
    expect(text).not.toContain('known to come from')
  })
})

describe('what is recognised', () => {
  const asking = { clientId: CLAUDE, name: 'Claude', redirectUri: CALLBACK }

  it.each([
    { what: 'another document of the same host', unlike: { clientId: 'https://claude.ai/oauth/other' } },
    { what: 'the document of another host', unlike: { clientId: CLAUDE.replace('claude.ai', 'claude.example') } },
    { what: 'another name', unlike: { name: 'Claude Pro' } },
    { what: 'another address', unlike: { redirectUri: `${CALLBACK}/` } },
    { what: 'the address of another client', unlike: { redirectUri: LOOPBACK } },
  ])('is not $what', ({ unlike }) => {
    expect(isKnownClient(asking, KNOWN_CLIENTS)).toBe(true)
    expect(isKnownClient({ ...asking, ...unlike }, KNOWN_CLIENTS)).toBe(false)
  })
})
