import { exportJWK } from 'jose'
import { freePort } from '../../../server/test/e2e/free-port.ts'
import { startTestServer, type TestServer } from '../../../server/test/setup/authorization-server.ts'
import { createKeyClient } from '../../../server/test/setup/key-client.ts'

const ARCHIVE = 'https://archive.example'
/** Another server of the same issuer, with the same scopes. */
export const OTHER_NOTES = 'https://other-notes.example/mcp'

const NOTES_TOOLS = {
  scopes: {
    'notes:read': { class: 'read', description: 'Read notes' },
    'notes:write': { class: 'write', description: 'Write notes' },
  },
  tools: { whoami: { scopes: ['notes:read'] }, note_write: { scopes: ['notes:write'] } },
}

/** Sallyport as the issuer of a fixture, which is a server of notes, and of an archive behind it. */
export interface IssuerForNotes {
  readonly server: TestServer
  /** Where the fixture has to listen. */
  readonly port: number
  /** The client of the fixture, as `--exchange-client` reads it. */
  readonly exchangeClient: string
  close(): Promise<void>
}

export async function startIssuerForNotes(): Promise<IssuerForNotes> {
  const port = await freePort()
  const owner = await createKeyClient('notes-server')
  const common = { aliases: [], tools: NOTES_TOOLS }
  const server = await startTestServer({
    settings: {
      clients: [{ id: owner.id, name: owner.id, redirectUris: [], jwks: owner.jwks }],
      resources: [
        { ...common, id: 'notes', uri: `http://127.0.0.1:${port}/mcp`, name: 'Notes', ownerClient: owner.id },
        { ...common, id: 'other-notes', uri: OTHER_NOTES, name: 'Other notes' },
        { ...common, id: 'archive', uri: ARCHIVE, name: 'Archive', exchangeOnly: true, exchangeFrom: ['notes'] },
      ],
    },
  })
  const key = { ...(await exportJWK(owner.privateKey)), kid: `${owner.id}-key` }
  const exchangeClient = JSON.stringify({ client_id: owner.id, key, resource: ARCHIVE, scope: 'notes:read' })
  return { server, port, exchangeClient, close: server.close }
}
