import { Agent, buildConnector } from 'undici'
import { certificateOfHost, TEST_ROOT } from '../../../server/test/setup/document-host.ts'
import type { DocumentsWay, RunningSubject } from '../../fixtures/as/whole-issuer.ts'
import { startDocumentHost } from '../../src/as/document-host.ts'
import { CLIENT_PROFILES } from '../../src/quirks/profiles/all.ts'
import type { ManyReport } from '../../src/report/many.ts'
import { type ReplayClients, replayClients } from '../../src/run/replay-clients.ts'

/** The name that the tests have a certificate for. */
const DOCUMENTS = 'https://client.example/documents/'
/** Nobody is disturbed by a fast run on this machine, and a busy one may take its time. */
const LIMITS = { requestsPerSecond: 100_000, budget: 300, timeoutMs: 30_000 }

/** Starts an authorization server beside a host of documents that it reaches, and replays clients there as an operator would. */
export async function replayAt(
  start: (documents: DocumentsWay) => Promise<RunningSubject>,
  run: Partial<ReplayClients> = {},
): Promise<ManyReport> {
  const documentHost = await startDocumentHost({
    baseUrl: DOCUMENTS,
    ...certificateOfHost(),
    listen: { host: '127.0.0.1', port: 0 },
  })
  const { port } = documentHost
  const connect = buildConnector({ ca: TEST_ROOT })
  // Every name leads to the host of documents.
  const dispatcher = new Agent({
    connect: (options, callback) =>
      connect({ ...options, hostname: '127.0.0.1', port: String(port), servername: options.hostname }, callback),
  })
  try {
    const { issuer, resource, scopes, stepUpScopes = [], person, close } = await start({ dispatcher, port })
    const told = { issuer, resource, scopes, stepUpScopes, person, documentHost, mcp: undefined, known: new Map() }
    const rest = { clients: CLIENT_PROFILES, limits: LIMITS, userAgent: 'sallyport-examine/test' }
    try {
      return await replayClients({ ...told, ...rest, ...run })
    } finally {
      await close()
    }
  } finally {
    await dispatcher.destroy()
    await documentHost.close()
  }
}
