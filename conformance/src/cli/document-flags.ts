import type { Command } from 'commander'
import { type DocumentHost, type HostOptions, startDocumentHost } from '../as/document-host.ts'
import type { Console } from './console.ts'
import { readNamed } from './login-flags.ts'
import { readNumber } from './run-flags.ts'
import { UsageError } from './usage-error.ts'

/** Flags of a verb that hosts documents of clients, as commander hands them on. */
export interface DocumentFlags {
  readonly cimdUrl?: string
  readonly cimdCert?: string
  readonly cimdKey?: string
  readonly cimdListen?: string
}

const LISTEN_DEFAULT = '127.0.0.1:8443'

/** Adds them to a verb. */
export function addDocumentFlags(verb: Command): void {
  verb
    .option('--cimd-url <url>', 'https URL below which the examiner hosts documents of clients')
    .option('--cimd-cert <file>', 'certificate of its host, in PEM')
    .option('--cimd-key <file>', 'key of the certificate, in PEM')
    .option('--cimd-listen <host:port>', `where the examiner listens for it (${LISTEN_DEFAULT})`)
}

/** @returns undefined where none is given @throws UsageError */
export async function readDocuments(
  flags: DocumentFlags,
  readFile: Console['readFile'],
): Promise<HostOptions | undefined> {
  const { cimdUrl, cimdCert, cimdKey, cimdListen = LISTEN_DEFAULT } = flags
  const given = [cimdUrl, cimdCert, cimdKey]
  if (given.every((each) => each === undefined)) return undefined
  if (cimdUrl === undefined || cimdCert === undefined || cimdKey === undefined)
    throw new UsageError('documents take all of --cimd-url, --cimd-cert and --cimd-key')
  const url = URL.canParse(cimdUrl) ? new URL(cimdUrl) : undefined
  if (url?.protocol !== 'https:')
    throw new UsageError(
      `--cimd-url ${cimdUrl}: an https URL under which the authorization server reaches --cimd-listen`,
    )
  const at = cimdListen.lastIndexOf(':')
  const port = readNumber('--cimd-listen', cimdListen.slice(at + 1), 0, 65_535)
  return {
    baseUrl: url.href,
    cert: await readNamed('--cimd-cert', cimdCert, readFile),
    key: await readNamed('--cimd-key', cimdKey, readFile),
    listen: { host: at < 1 ? '127.0.0.1' : cimdListen.slice(0, at).replace(/^\[|\]$/g, ''), port },
  }
}

/** Starts the host that the flags describe. @throws UsageError where it cannot listen, or certificate and key are none */
export async function openDocumentHost(options: HostOptions): Promise<DocumentHost> {
  try {
    return await startDocumentHost(options)
  } catch (error) {
    const { host, port } = options.listen
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--cimd-listen ${host}:${port} with --cimd-cert and --cimd-key: ${why}`)
  }
}
