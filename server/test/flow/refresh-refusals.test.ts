import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESOURCE, startTestServer, type TestServer } from '../setup/authorization-server.ts'
import { refresh, register, signInAndRedeem } from '../setup/flow.ts'
import { auditEvents, query } from '../setup/state.ts'

const OTHER_RESOURCE = 'http://127.0.0.1:9411/mcp'
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
  await server.store.resources.add({
    id: 'other',
    uri: OTHER_RESOURCE,
    name: 'Other',
    aliases: [],
    tools: { scopes: { 'mcp:note:read': { class: 'read', description: 'Read notes' } }, tools: {} },
    accessTokenSeconds: undefined,
    source: 'cli',
  })
})
afterAll(() => server.close())

describe('a refresh that is refused', () => {
  it.each([
    {
      because: 'a scope that was not granted (A109)',
      wrong: { scope: 'mcp:issue:read mcp:issue:create' },
      error: 'invalid_scope',
    },
    { because: 'a scope that does not exist (A109)', wrong: { scope: 'mcp:nothing:read' }, error: 'invalid_scope' },
    { because: 'a scope of another resource (AS-RES-10)', wrong: { scope: 'mcp:note:read' }, error: 'invalid_scope' },
    { because: 'a destructive scope', wrong: { scope: 'mcp:branch:delete' }, error: 'invalid_scope' },
    { because: 'another resource (AS-RES-07, A110)', wrong: { resource: OTHER_RESOURCE }, error: 'invalid_target' },
    {
      because: 'an unknown resource (A120)',
      wrong: { resource: 'https://nobody.example/mcp' },
      error: 'invalid_target',
    },
    { because: 'a resource with a fragment (A110)', wrong: { resource: `${RESOURCE}#part` }, error: 'invalid_target' },
    { because: 'a resource that is no URL (A121)', wrong: { resource: 'mcp' }, error: 'invalid_target' },
  ])('does not use the token up: $because', async ({ wrong, error }) => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await refresh(server, clientId, token, wrong)).toMatchObject({ status: 400, body: { error } })
    }
    const [row] = await query(server, 'SELECT count(*)::int AS used FROM refresh_tokens WHERE consumed_at IS NOT NULL')
    const next = await refresh(server, clientId, token)
    expect(next).toMatchObject({ status: 200, body: { scope: 'mcp:repositories:list mcp:issue:read' } })
    const after = await query(server, 'SELECT count(*)::int AS used FROM refresh_tokens WHERE consumed_at IS NOT NULL')
    expect(after).toEqual([{ used: Number(row?.used) + 1 }])
  })

  it('does not use the token up: two resources, even when both are its own (A110, AS-RES-04)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    for (const second of [OTHER_RESOURCE, RESOURCE, `${RESOURCE}/`]) {
      const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: token })
      for (const resource of [RESOURCE, second]) body.append('resource', resource)
      const response = await fetch(`${server.issuer}/token`, { method: 'POST', body })
      expect({ status: response.status, body: await response.json() }).toMatchObject({
        status: 400,
        body: { error: 'invalid_target' },
      })
    }
    expect((await refresh(server, clientId, token)).status).toBe(200)
  })

  it('because another client sends the token, raises an alarm and leaves the family alive (A111, AS-RT-04)', async () => {
    const { clientId, tokens } = await signInAndRedeem(server)
    const token = String(tokens.body.refresh_token)
    const stranger = await register(server, { client_name: 'Stranger' })
    const stolen = await refresh(server, stranger, token)
    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const alarms = (await auditEvents(server, 'token.refused')).filter((event) => event.client_id === clientId)
    expect(alarms).toMatchObject([
      {
        outcome: 'refused',
        code: 'SALLYPORT_E_GRANT',
        resource_uri: RESOURCE,
        detail: { presentedBy: stranger, foreignClient: true, killed: false },
      },
    ])
    const next = await refresh(server, clientId, token)
    expect(next.status).toBe(200)
    // Nor does a stranger with a token that was rotated away.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await refresh(server, stranger, token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    }
    expect((await refresh(server, clientId, String(next.body.refresh_token))).status).toBe(200)
  })

  it('says the same for a token of another client as for one that never was (A115)', async () => {
    const { tokens } = await signInAndRedeem(server)
    const stranger = await register(server)
    const foreign = await refresh(server, stranger, String(tokens.body.refresh_token))
    const unknown = await refresh(server, stranger, 'x'.repeat(43))
    expect({ ...foreign.body, correlation_id: '' }).toEqual({ ...unknown.body, correlation_id: '' })
    expect(foreign.status).toBe(unknown.status)
  })
})
