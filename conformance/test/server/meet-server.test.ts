import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHostileIssuer } from '../../src/issuer/create-hostile-issuer.ts'
import type { HostileIssuer } from '../../src/issuer/hostile-issuer.ts'
import { type MeetServer, type MetServer, meetServer } from '../../src/server/meet-server.ts'
import { type SmallServer, type SmallServerOptions, startSmallServer } from '../setup/small-server.ts'
import { openTestWire } from '../setup/test-wire.ts'

describe('what is known of a server before the first check', () => {
  let issuer: HostileIssuer
  let server: SmallServer | undefined
  beforeEach(async () => {
    issuer = await createHostileIssuer()
  })
  afterEach(async () => {
    await server?.close()
    await issuer.close()
  })

  async function meet(options: SmallServerOptions, asked: Partial<MeetServer> = {}): Promise<MetServer> {
    server = await startSmallServer({ issuer: issuer.issuer, ...options })
    const { wire, close } = openTestWire()
    const base = { url: server.url, profile: 'trusting', issuer, token: undefined, audience: undefined } as const
    const rest = { spec: undefined, scopes: [], allowedCalls: [], downstream: undefined, tools: 'none' } as const
    try {
      return await meetServer(wire, { ...base, ...rest, ...asked })
    } finally {
      await close()
    }
  }

  it.each(['stateless', 'sessions'] as const)(
    'a sound server, %s: its metadata, a token that it accepts, its revision',
    async (transport) => {
      const { facts, notes } = await meet({ transport })
      expect(facts.acceptedToken).toBeDefined()
      expect(facts.whyNoToken).toBeUndefined()
      expect(facts.mcp.revision).toBe(transport === 'stateless' ? '2026-07-28' : '2025-11-25')
      expect(facts.metadata?.url).toBe(new URL('/.well-known/oauth-protected-resource/mcp', facts.url).href)
      expect(facts.audience).toBe(facts.url)
      expect(facts.scopes).toEqual(['base'])
      expect(facts.allowedCalls).toEqual([])
      expect(notes).toEqual([])
    },
  )

  it('a scope that only the refusal names gets into the token', async () => {
    const { facts } = await meet({ scopesNeeded: ['hidden', 'deeper'] })
    expect(facts.acceptedToken).toBeDefined()
    expect(facts.scopes).toEqual(['base', 'hidden', 'deeper'])
  })

  it('a server whose metadata names another resource still gets a token for its URL', async () => {
    const { facts } = await meet({ resource: 'https://elsewhere.example/mcp' })
    expect(facts.acceptedToken).toBeDefined()
    expect(facts.audience).toBe(facts.url)
    expect(facts.metadata?.document.resource).toBe('https://elsewhere.example/mcp')
  })

  it('real tokens are never asked for under the name of a stranger, unless the operator says so', async () => {
    const asked: string[] = []
    const none = { get: async () => ({ kind: 'none', why: 'nobody' }) as const, revoke: async () => '', secrets: [] }
    const openTokens: MeetServer['openTokens'] = async (_, { resource }) => {
      asked.push(resource)
      return none
    }
    const stranger = 'https://stranger.example/mcp'
    const live = { profile: 'live', issuer: undefined, openTokens } as const
    const { facts } = await meet({ resource: stranger }, live)
    await server?.close()
    await meet({ resource: stranger }, { ...live, audience: stranger })
    expect(asked).toEqual([facts.url, stranger])
    expect(facts.whyNoToken).toBe('No token to compare with: nobody.')
  })

  it('a server that trusts another issuer: why there is no token, and which revision is assumed', async () => {
    const other = await createHostileIssuer()
    const { facts, notes } = await meet({ issuer: other.issuer })
    await other.close()
    expect(facts.acceptedToken).toBeUndefined()
    expect(facts.whyNoToken).toMatch(/was not accepted: 401, Bearer error="invalid_token"/)
    expect(facts.mcp.revision).toBe('2026-07-28')
    expect(notes.join('\n')).toMatch(/2026-07-28 is assumed; --spec names another/)
  })

  it('a revision that was named is not asked for', async () => {
    const { facts } = await meet({ transport: 'sessions' }, { spec: '2025-06-18' })
    expect(facts.mcp.revision).toBe('2025-06-18')
    expect(server?.seen.map(({ body }) => body.method)).not.toContain('server/discover')
  })

  it('a real token is used as it is, and without one the reason says how to give one', async () => {
    const live = { profile: 'live', issuer: undefined } as const
    const first = await meet({ open: true }, { ...live, token: 'real' })
    expect(first.facts.acceptedToken).toBe('real')
    await server?.close()
    const { facts } = await meet({}, live)
    expect(facts.whyNoToken).toMatch(/--token-env/)
  })

  it('only tools that say they read, and need no arguments, may be called when that was asked for', async () => {
    const { facts } = await meet({}, { tools: 'read-only', allowedCalls: [{ tool: 'find', args: { what: 'x' } }] })
    expect(facts.allowedCalls).toEqual([
      { tool: 'find', args: { what: 'x' } },
      { tool: 'look', args: {} },
    ])
  })

  it('nothing but listing and discovery is asked', async () => {
    await meet({})
    const methods = new Set(server?.seen.map(({ body, method }) => body.method ?? method))
    expect(methods).toEqual(new Set(['tools/list', 'GET', 'server/discover']))
  })
})
