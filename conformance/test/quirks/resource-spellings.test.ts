import { describe, expect, it } from 'vitest'
import { createEgress } from '../../../server/src/egress/index.ts'
import { PASSWORD, startTestServer, TOOLS } from '../../../server/test/setup/authorization-server.ts'
import { CLOSED_TO_ALL, PUBLIC_ADDRESS, TEST_ROOT } from '../../../server/test/setup/document-host.ts'
import type { DocumentsWay } from '../../fixtures/as/whole-issuer.ts'
import { CLIENT_PROFILES } from '../../src/quirks/profiles/all.ts'
import { examinedOf } from '../../src/report/many.ts'
import { replayAt } from './replay-at.ts'

const BARE = 'https://notes.example'

async function start({ port }: DocumentsWay) {
  const server = await startTestServer({
    settings: { resources: [{ id: 'notes', uri: BARE, name: 'Notes', aliases: [], tools: TOOLS }] },
    egress: createEgress({
      ca: [TEST_ROOT],
      settings: CLOSED_TO_ALL,
      resolve: async () => [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port } }],
    }),
  })
  return {
    issuer: server.issuer,
    resource: BARE,
    scopes: ['mcp:repositories:list'],
    stepUpScopes: ['mcp:issue:create'],
    person: { login: 'alice', password: PASSWORD },
    close: () => server.close(),
  }
}

describe('an MCP server whose identifier is a bare origin, at our own server', () => {
  it('is the same one with the slash that opencode adds, and the token carries the identifier without (AS-RES-05)', async () => {
    const report = await replayAt(start, { clients: CLIENT_PROFILES.filter(({ id }) => id === 'opencode') })
    const [opencode] = examinedOf(report)
    const asked = opencode?.checks.find(({ id }) => id === 'opencode-authorize')?.evidence.map(({ request }) => request)
    expect(asked?.join('\n')).toContain(`resource=${encodeURIComponent(`${BARE}/`)}`)
    expect(opencode?.checks.filter(({ verdict }) => !/^(?:pass|not-applicable)$/.test(verdict))).toEqual([])
  })
})
