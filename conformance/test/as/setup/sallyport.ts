import { exportJWK } from 'jose'
import { createEgress } from '../../../../server/src/egress/index.ts'
import { PASSWORD, startTestServer, TOOLS } from '../../../../server/test/setup/authorization-server.ts'
import { CLOSED_TO_ALL, PUBLIC_ADDRESS, TEST_ROOT } from '../../../../server/test/setup/document-host.ts'
import { createKeyClient } from '../../../../server/test/setup/key-client.ts'
import type { DocumentsWay, RunningSubject, WholeIssuer } from '../../../fixtures/as/whole-issuer.ts'

const RESOURCE = 'https://notes.example/mcp'
const OTHER = 'https://wiki.example/mcp'
const DOWNSTREAM = 'https://files.example/api'

/** Our own server, with a resource, one beside it and one behind it. It has to pass every check. */
export const SALLYPORT: WholeIssuer = {
  name: 'sallyport',
  says: 'this repository, its issuer with a path',
  fails: {},
  warns: {},
  start,
}

async function start({ port }: DocumentsWay): Promise<RunningSubject> {
  const notes = await createKeyClient('notes')
  const resource = (id: string, uri: string) => ({ id, uri, name: id, aliases: [], tools: TOOLS })
  const server = await startTestServer({
    path: '/tenant',
    settings: {
      clients: [{ id: notes.id, name: 'Notes', redirectUris: [], jwks: notes.jwks }],
      resources: [
        { ...resource('notes', RESOURCE), ownerClient: notes.id },
        resource('wiki', OTHER),
        { ...resource('files', DOWNSTREAM), exchangeOnly: true, exchangeFrom: ['notes'] },
      ],
    },
    // Its documents have public names: these lead to the examiner's host, whatever the resolver of this machine says.
    egress: createEgress({
      ca: [TEST_ROOT],
      settings: CLOSED_TO_ALL,
      resolve: async () => [{ address: PUBLIC_ADDRESS, reachedAt: { address: '127.0.0.1', port } }],
    }),
  })
  const key = { ...(await exportJWK(notes.privateKey)), kid: `${notes.id}-key` }
  return {
    issuer: server.issuer,
    resource: RESOURCE,
    otherResource: OTHER,
    scopes: ['mcp:repositories:list', 'mcp:issue:read'],
    stepUpScopes: ['mcp:issue:create'],
    person: { login: 'alice', password: PASSWORD },
    exchange: { id: notes.id, key, resource: DOWNSTREAM },
    close: () => server.close(),
  }
}
