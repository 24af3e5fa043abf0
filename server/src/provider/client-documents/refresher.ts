import type { Egress } from '../../egress/index.ts'
import type { ClientDocuments, DocumentVersion, Look } from '../../store/client-documents.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import type { Report } from '../report.ts'
import type { DocumentRules } from './document.ts'
import { fetchDocument, fetchKeys } from './fetch-document.ts'
import { DOCUMENT_CODES, type DocumentRefusal } from './refusal.ts'
import { singleFlight } from './single-flight.ts'

/** What a look leaves behind: the version that counts now. */
export type Refreshed = { readonly ok: true; readonly version: DocumentVersion } | DocumentRefusal
export type RefreshedKeys = { readonly ok: true } | DocumentRefusal

/** Looks at hosts and writes down what they say. One look at a time for each URL, whoever asks. */
export interface Refresher {
  /** Whether somebody else's look answers whoever has looked at the database before. */
  isLooking(url: string, before: Look): boolean
  document(url: string, before: Look): Promise<Refreshed>
  keys(url: string, uri: string, before: Look): Promise<RefreshedKeys>
}

export interface RefresherDeps {
  readonly documents: ClientDocuments
  readonly egress: Pick<Egress, 'get'>
  readonly rules: DocumentRules
  readonly report: Report
}

export function createRefresher(deps: RefresherDeps): Refresher {
  const documents = singleFlight<Refreshed>()
  const keys = singleFlight<RefreshedKeys>()
  return {
    isLooking: (url, before) => documents.has(url, before),
    document: (url, before) => documents.run(url, before, () => refreshDocument(url, before, deps)),
    keys: (url, uri, before) => keys.run(`${url} ${uri}`, before, () => refreshKeys({ url, uri, before }, deps)),
  }
}

async function refreshDocument(url: string, before: Look, deps: RefresherDeps): Promise<Refreshed> {
  const { documents, egress, rules } = deps
  const { known, askedAt } = before
  const found = await fetchDocument(egress, { url, etag: known?.etag, rules })
  if (!found.ok) {
    // What was never here leaves nothing behind: strangers must not be able to fill tables with failures.
    if (known === undefined) return found
    reportFailure(url, found, deps.report)
    await writeFailure(url, found, askedAt, documents)
    return found
  }
  const { etag, freshSeconds } = found
  const version = found.version ?? known?.current
  if (version === undefined) throw new Error('a document was confirmed that is not here')
  if (found.version === undefined) await documents.confirm({ url, digest: version.digest, freshSeconds, askedAt })
  else await documents.keep({ url, version, etag, freshSeconds, askedAt })
  if (known !== undefined && known.current.digest !== version.digest) {
    deps.report('warn', 'a client document has changed: people are asked again', {
      clientId: url,
      before: known.current.digest,
      after: version.digest,
    })
  }
  return { ok: true, version }
}

async function writeFailure(
  url: string,
  refusal: DocumentRefusal,
  askedAt: string,
  documents: ClientDocuments,
): Promise<void> {
  if (refusal.reason === 'gone') await documents.end(url, 'client-document-gone', askedAt)
  else await documents.noteFailure({ url, askedAt })
}

async function refreshKeys(
  { url, uri, before }: { url: string; uri: string; before: Look },
  { documents, egress, report }: RefresherDeps,
): Promise<RefreshedKeys> {
  const found = await fetchKeys(egress, uri)
  if (!found.ok) {
    reportFailure(url, found, report)
    return found
  }
  // Replaced whole: a key that is not in the set any more is dead.
  await documents.keepKeys({ url, uri, keys: found.keys, askedAt: before.askedAt })
  return { ok: true }
}

function reportFailure(url: string, { reason, detail, opening }: DocumentRefusal, report: Report): void {
  report('warn', 'a client document cannot be used', {
    correlationId: currentUnit().correlationId,
    clientId: url,
    code: DOCUMENT_CODES[reason],
    reason: detail,
    ...opening,
  })
}
