import { Agent, buildConnector } from 'undici'
import { certificateOfHost, TEST_ROOT } from '../../../../server/test/setup/document-host.ts'
import type { DocumentsWay, RunningSubject } from '../../../fixtures/as/whole-issuer.ts'
import { startDocumentHost } from '../../../src/as/document-host.ts'
import type { Report } from '../../../src/report/report.ts'
import { examineIssuer, type IssuerRun } from './examine-issuer.ts'

/** The name that the tests have a certificate for. */
const DOCUMENTS = 'https://client.example/documents/'

/** Starts an authorization server beside a host of documents that it reaches, and examines it as an operator would. */
export async function examineWhole(
  start: (documents: DocumentsWay) => Promise<RunningSubject>,
  run: Partial<IssuerRun> = {},
): Promise<Report> {
  const documentHost = await startDocumentHost({
    baseUrl: DOCUMENTS,
    ...certificateOfHost(),
    listen: { host: '127.0.0.1', port: 0 },
  })
  const dispatcher = dispatcherTo(documentHost.port)
  try {
    const subject = await start({ dispatcher, port: documentHost.port })
    try {
      return await examineIssuer({ ...toldOf(subject), documentHost, ...run })
    } finally {
      await subject.close()
    }
  } finally {
    await dispatcher.destroy()
    await documentHost.close()
  }
}

/** What the command line would say. */
function toldOf(subject: RunningSubject): IssuerRun {
  const { issuer, resource, otherResource, scopes, stepUpScopes = [], person, client, exchange } = subject
  return {
    issuer,
    resource,
    otherResource,
    scopes,
    stepUpScopes,
    person,
    client: client && { clientId: client.id, redirectUri: client.redirectUri, authentication: { method: 'none' } },
    exchange: exchange && {
      client: {
        clientId: exchange.id,
        redirectUri: '',
        authentication:
          exchange.key === undefined
            ? { method: 'client_secret_basic', secret: exchange.secret ?? '' }
            : { method: 'private_key_jwt', key: exchange.key },
      },
      resource: exchange.resource,
    },
  }
}

/** Every name leads to the host of documents. */
function dispatcherTo(port: number): Agent {
  const connect = buildConnector({ ca: TEST_ROOT })
  return new Agent({
    connect: (options, callback) =>
      connect({ ...options, hostname: '127.0.0.1', port: String(port), servername: options.hostname }, callback),
  })
}
