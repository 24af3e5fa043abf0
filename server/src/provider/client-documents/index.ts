import { findDenial } from '../../config/document-hosts.ts'
import type { ClientDocumentSettings } from '../../config/settings.ts'
import type { ClientDocuments, DocumentVersion, KnownDocument, Look } from '../../store/client-documents.ts'
import type { Report } from '../report.ts'
import { judgeDocumentUrl } from './document-url.ts'
import { LOOK_TIMEOUT_MS } from './fetch-document.ts'
import type { FetchLimits } from './fetch-limits.ts'
import { keysUri } from './published-keys.ts'
import type { Refreshed, RefreshedKeys, Refresher } from './refresher.ts'
import { DOCUMENT_CODES, DocumentError, type DocumentRefusal, KeysUnavailableError, refuse } from './refusal.ts'
import { judgeKeys, KEYS_MAX_AGE_SECONDS, keysAge, keysOf } from './token-keys.ts'

export { type ClientChange, changesBetween } from './changes.ts'
export { isDocumentUrl } from './document-url.ts'

/** A client known by its document, at one version of it. */
export interface DocumentClient {
  readonly version: DocumentVersion
  /** What the engine is told of it. Its keys are always here, never where to get them: the engine fetches nothing. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** Host that the document was fetched from, with its port. */
  readonly host: string
  /** The operator vouches for that host. */
  readonly trusted: boolean
}

/** Which version of a document a request is judged by. */
export interface DocumentClients {
  /**
   * For a new authorization: what the host says now, or said while it may still be used.
   * @param source what of the caller's address is counted by
   * @throws DocumentError
   */
  forAuthorization(url: string, source: string | undefined): Promise<DocumentClient>
  /** For what follows in the same authorization: the version it began with. */
  ofVersion(url: string, digest: string | undefined): Promise<DocumentClient | undefined>
  /**
   * For a token request: the version its grant was made with. Never waits for a document that is here.
   * @param presented.value code or refresh token
   * @param presented.kid key id of the client assertion
   * @param presented.source what of the caller's address is counted by
   * @throws KeysUnavailableError when the keys are too old and cannot be had
   */
  forToken(url: string, presented: Presented): Promise<DocumentClient | undefined>
  /** What it is as far as we know, for telling others about it. */
  known(url: string): Promise<DocumentClient | undefined>
}

interface Presented {
  readonly value?: string
  readonly kid?: string
  readonly source: string | undefined
}

/** Grants outlive their document by this: hosts break, and a whole product must not be signed out by it. */
const OUTLIVES_SECONDS = 72 * 3_600
/** A document that cannot be had is looked at again behind requests, at most this often. */
const LOOK_AGAIN_SECONDS = 60

interface Deps {
  readonly documents: ClientDocuments
  readonly refresher: Refresher
  readonly limits: FetchLimits
  readonly settings: ClientDocumentSettings
  /** Told why a document that is here cannot be used. */
  readonly report: Report
}

export function createDocumentClients(deps: Deps): DocumentClients {
  const admit = (url: string) => admitUrl(url, deps.settings)
  const find = async (url: string, wanted: { presented?: string; digest?: string }): Promise<Found | undefined> => {
    const admitted = admit(url)
    if (!admitted.ok) return undefined
    const look = await deps.documents.look(url, wanted)
    return look.known && { look, known: look.known, host: admitted.host }
  }
  return {
    async forAuthorization(url, source) {
      const admitted = admit(url)
      if (!admitted.ok) throw new DocumentError(admitted)
      const startedAt = performance.now()
      const client = await freshClient(url, { host: admitted.host, source }, deps)
      if (client.ok) return describe(client.known, admitted.host, deps.settings)
      if (client.reason !== 'limit') await untilNothingIsTold(startedAt)
      throw new DocumentError(client)
    },
    async ofVersion(url, digest) {
      const found = digest === undefined ? undefined : await find(url, { digest })
      return found && describe(found.known, found.host, deps.settings)
    },
    async forToken(url, { value, kid, source }) {
      const admitted = admit(url)
      if (!admitted.ok) return reportRefused(url, admitted, deps.report)
      const wanted = value === undefined ? {} : { presented: value }
      const found = await find(url, wanted)
      const lasting = found && (await whileItLasts(url, found.look, wanted, deps))
      const usable = lasting && (await withKeys(url, lasting, { wanted, kid, source, host: found.host }, deps))
      return usable && found && describe(usable, found.host, deps.settings)
    },
    async known(url) {
      const found = await find(url, {})
      return found && describe(found.known, found.host, deps.settings)
    },
  }
}

interface Found {
  readonly look: Look
  readonly known: KnownDocument
  readonly host: string
}

type Wanted = { readonly presented?: string; readonly digest?: string }

/** Whether documents at this URL are taken at all; nothing has been fetched yet. */
function admitUrl(
  url: string,
  { mode, trustedHosts, deniedHosts }: ClientDocumentSettings,
): ReturnType<typeof judgeDocumentUrl> {
  const judged = judgeDocumentUrl(url)
  if (!judged.ok) return judged
  const { host } = judged
  const denial = findDenial(host, deniedHosts)
  if (denial !== undefined) {
    const opening = { host, setting: 'clientDocuments.deniedHosts' } as const
    return refuse('denied', `${host} is denied: deniedHosts has ${denial}`, opening)
  }
  if (mode === 'open' || (mode === 'trusted' && trustedHosts.includes(host))) return judged
  if (mode === 'off') {
    return refuse('host', 'client documents are switched off', { host, setting: 'clientDocuments.mode' })
  }
  return refuse('host', `${host} is not a trusted host`, { host, setting: 'clientDocuments.trustedHosts' })
}

/** Whoever held tokens hears the same as an unknown client. The operator, who closed the door, hears that it is closed. */
function reportRefused(url: string, { reason, detail, opening }: DocumentRefusal, report: Report): undefined {
  if (reason === 'url') return
  const said = { clientId: url, code: DOCUMENT_CODES[reason], reason: detail, ...opening }
  report('warn', 'a client document is not taken', said)
}

type Fresh = { readonly ok: true; readonly known: KnownDocument } | DocumentRefusal

async function freshClient(
  url: string,
  { host, source }: { host: string; source: string | undefined },
  deps: Deps,
): Promise<Fresh> {
  const { documents, refresher, limits } = deps
  const before = await documents.look(url)
  if (before.known !== undefined && isUsable(before.known)) return { ok: true, known: before.known }
  // Who joins a look that is under way causes none.
  const release = refresher.isLooking(url, before) ? () => {} : await limits.take(source, host)
  if (release === undefined) return refuse('limit', `too many looks for ${source ?? 'one source'}`)
  try {
    const refreshed = await refresher.document(url, before)
    if (!refreshed.ok) return refreshed
    const after = await documents.look(url)
    if (after.known === undefined) return refuse('gone', 'was removed meanwhile')
    return await withFreshKeys(url, after, after.known, deps)
  } finally {
    release()
  }
}

function isUsable(known: KnownDocument): boolean {
  return known.fresh && (!isSigned(known) || keysAge(known) <= KEYS_MAX_AGE_SECONDS)
}

/** A person who agrees to a client whose keys cannot be had would only meet the error later. */
async function withFreshKeys(url: string, look: Look, known: KnownDocument, deps: Deps): Promise<Fresh> {
  const uri = keysUri(known.version.metadata)
  if (uri === undefined || isUsable(known)) return { ok: true, known }
  const refreshed = await deps.refresher.keys(url, uri, look)
  if (!refreshed.ok) return refreshed
  const { known: after } = await deps.documents.look(url)
  return after === undefined ? refuse('gone', 'was removed meanwhile') : { ok: true, known: after }
}

/** A document that could not be had for too long is looked at once more, because the alternative is a refusal. */
async function whileItLasts(
  url: string,
  look: Look,
  wanted: Wanted,
  { documents, refresher, report }: Deps,
): Promise<KnownDocument | undefined> {
  const { known } = look
  if (known === undefined) return undefined
  const lasts = (known.failingSeconds ?? 0) <= OUTLIVES_SECONDS
  const mayLook = known.checkedSecondsAgo > LOOK_AGAIN_SECONDS
  if (lasts) {
    if (!known.fresh && mayLook) inBackground(refresher.document(url, look), url, report)
    return known
  }
  const startedAt = performance.now()
  const refreshed = mayLook ? await refresher.document(url, look) : refuse('stale', 'was looked at a moment ago')
  if (refreshed.ok) return (await documents.look(url, wanted)).known
  if (mayLook) await untilNothingIsTold(startedAt)
  report('warn', 'a client document could not be had for too long', { clientId: url, code: DOCUMENT_CODES.stale })
  return undefined
}

async function withKeys(
  url: string,
  known: KnownDocument,
  request: { wanted: Wanted; kid: string | undefined; source: string | undefined; host: string },
  deps: Deps,
): Promise<KnownDocument | undefined> {
  const need = isSigned(known) ? judgeKeys(known, request.kid) : 'nothing'
  if (need === 'nothing') return known
  const startedAt = performance.now()
  const release = await deps.limits.take(request.source, request.host)
  const refreshing = release && refreshKeysOf(url, known, deps).finally(release)
  if (need === 'fetch-behind') {
    if (refreshing !== undefined) inBackground(refreshing, url, deps.report)
    return known
  }
  if ((await refreshing)?.ok === false) await untilNothingIsTold(startedAt)
  const { known: after } = await deps.documents.look(url, request.wanted)
  if (after !== undefined && keysAge(after) > KEYS_MAX_AGE_SECONDS) throw new KeysUnavailableError(url)
  return after
}

/** Keys lie in the document itself or behind its `jwks_uri`: either is looked at where it is. */
async function refreshKeysOf(
  url: string,
  known: KnownDocument,
  { documents, refresher }: Deps,
): Promise<Refreshed | RefreshedKeys> {
  const uri = keysUri(known.version.metadata)
  const before = await documents.look(url)
  return uri === undefined ? refresher.document(url, before) : refresher.keys(url, uri, before)
}

function inBackground(work: Promise<unknown>, url: string, report: Report): void {
  // Nobody waits: what goes wrong is told to the operator and must not end the process.
  work.catch((error: unknown) => report('error', 'a look at a client document failed', { clientId: url, error }))
}

function isSigned({ version }: KnownDocument): boolean {
  return version.metadata.token_endpoint_auth_method === 'private_key_jwt'
}

function describe(known: KnownDocument, host: string, { trustedHosts }: ClientDocumentSettings): DocumentClient {
  const { jwks: _keys, jwks_uri: _uri, ...metadata } = known.version.metadata
  const keys = isSigned(known) ? { jwks: { keys: keysOf(known) } } : {}
  return {
    version: known.version,
    metadata: { ...metadata, ...keys, client_id: known.url },
    host,
    trusted: trustedHosts.includes(host),
  }
}

/** How long a failure takes must not tell what was met: every one takes as long as the slowest. */
function untilNothingIsTold(startedAt: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, startedAt + LOOK_TIMEOUT_MS - performance.now())))
}
