import { createMcpHandler, McpServer, requireBearerAuth } from '@modelcontextprotocol/server'
import { type Guard, protect } from '@sallyport/resource'
import { createScopeChallenge } from '@sallyport/resource/sdk2'
import { createTestIssuer, type TestIssuer } from '@sallyport/resource/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { call, TOOLS } from './setup/guarded-server.ts'

const RESOURCE = 'https://mcp.example.com/mcp'

let issuer: TestIssuer
let guard: Guard
let ran: string[]

beforeAll(async () => {
  issuer = await createTestIssuer()
  guard = await protect({ issuer: issuer.issuer, fetch: issuer.fetch, resource: RESOURCE, tools: TOOLS })
})

/** A server of SDK 2.x that uses nothing of the kit but the verifier and the scope challenges. */
async function callTool(body: object, scopes: readonly string[] | 'nobody verified'): Promise<Response> {
  ran = []
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'issues', version: '1.0.0' })
    for (const name of [...Object.keys(TOOLS.tools), 'not_listed']) {
      server.registerTool(name, { description: name, scopeChallenge: createScopeChallenge(guard, name) }, () => {
        ran.push(name)
        return { content: [{ type: 'text', text: `${name} ran` }] }
      })
    }
    return server
  })
  const token = await issuer.issueToken({ resource: RESOURCE, scopes: scopes === 'nobody verified' ? [] : scopes })
  const incoming = new Request(RESOURCE, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify(body),
  })
  if (scopes === 'nobody verified') return handler.fetch(incoming)
  const auth = await requireBearerAuth({ verifier: guard.verifier })(incoming)
  return auth instanceof Response ? auth : handler.fetch(incoming, { authInfo: auth })
}

describe('the scope challenge of a tool of SDK 2.x', () => {
  it('answers 403 with all scopes of the tool and the metadata of the resource (RS-403-01, RS-403-02)', async () => {
    const response = await callTool(call('issue_triage'), ['mcp:issue:read'])
    expect(response.status).toBe(403)
    const challenge = response.headers.get('www-authenticate')
    expect(challenge).toContain('error="insufficient_scope"')
    expect(challenge).toContain('scope="mcp:issue:read mcp:label:write"')
    expect(challenge).toContain(`resource_metadata="${guard.metadataUrl}"`)
    expect(ran).toEqual([])
  })

  it('counts scopes that imply others, which requireScopes of that SDK does not (RS-403-04)', async () => {
    expect((await callTool(call('issue_read'), ['mcp:issue:create'])).status).toBe(200)
    expect(ran).toEqual(['issue_read'])
  })

  it('lets a tool without scopes run', async () => {
    expect((await callTool(call('whoami'), [])).status).toBe(200)
    expect(ran).toEqual(['whoami'])
  })

  it.each(['branch_delete', 'secret_rotate', 'not_listed'])(
    'runs nothing and asks for nothing for %s, which no scope opens (RS-403-07)',
    async (tool) => {
      const response = await callTool(call(tool), ['mcp:issue:create', 'mcp:label:write'])
      expect(response.status).toBe(500)
      expect(response.headers.get('www-authenticate')).toBeNull()
      expect(ran).toEqual([])
    },
  )

  it('runs nothing when nobody verified a token', async () => {
    expect((await callTool(call('whoami'), 'nobody verified')).status).toBe(500)
    expect(ran).toEqual([])
  })
})

describe('guard.decideCall', () => {
  it('decides as the guard does for requests', () => {
    expect(guard.decideCall('issue_read', ['mcp:issue:create'])).toEqual({ kind: 'allow' })
    expect(guard.decideCall('issue_triage', ['mcp:issue:read'])).toEqual({
      kind: 'insufficient-scope',
      scopes: ['mcp:issue:read', 'mcp:label:write'],
      tools: ['issue_triage'],
    })
    expect(guard.decideCall('not_listed', ['mcp:issue:create'])).toEqual({ kind: 'deny', tools: ['not_listed'] })
  })
})
