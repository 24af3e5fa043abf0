import type { PublicKey } from '../../config/public-key-set.ts'
import type { Egress, EgressOutcome, Opening } from '../../egress/index.ts'
import type { DocumentVersion } from '../../store/client-documents.ts'
import { type DocumentRules, judgeDocument, readJson } from './document.ts'
import { freshSeconds } from './freshness.ts'
import { judgeKeySet } from './key-set.ts'
import { type DocumentRefusal, refuse } from './refusal.ts'

/** A real document has a few hundred bytes. @see draft-ietf-oauth-client-id-metadata-document §8.7 */
const MAX_DOCUMENT_BYTES = 5 * 1_024
/** Keys with certificates take a few kilobytes each; only the keys are kept. */
const MAX_KEY_SET_BYTES = 64 * 1_024
/** A person is waiting, and whoever made us ask may have chosen a host that never answers. */
export const LOOK_TIMEOUT_MS = 2_500

/** What one look at a URL found. */
export type FoundDocument =
  | {
      readonly ok: true
      /** Undefined when the host says that it has not changed. */
      readonly version: DocumentVersion | undefined
      readonly etag: string | undefined
      readonly freshSeconds: number
    }
  | DocumentRefusal

/**
 * Looks at a document once.
 * @param etag of the version that is held, if its host gave one
 * @see draft-ietf-oauth-client-id-metadata-document §5
 */
export async function fetchDocument(
  egress: Pick<Egress, 'get'>,
  look: { url: string; etag: string | undefined; rules: DocumentRules },
): Promise<FoundDocument> {
  const { url, etag, rules } = look
  const answer = await get(egress, url, MAX_DOCUMENT_BYTES, etag)
  if (!answer.ok) return answer
  const { status, headers } = answer
  const lasts = { etag: headers.get('etag'), freshSeconds: freshSeconds(headers, Date.now()) }
  if (status === 304 && etag !== undefined) return { ok: true, version: undefined, ...lasts }
  if (status === 410) return refuse('gone', 'answered 410')
  if (status !== 200) return refuse('status', `answered ${status}`)
  const judged = judgeDocument(url, answer, rules)
  return judged.ok ? { ...judged, ...lasts } : judged
}

/** Looks at a key set once. */
export async function fetchKeys(
  egress: Pick<Egress, 'get'>,
  uri: string,
): Promise<{ readonly ok: true; readonly keys: readonly PublicKey[] } | DocumentRefusal> {
  const answer = await get(egress, uri, MAX_KEY_SET_BYTES)
  if (!answer.ok) return refuse('keys', `jwks_uri: ${answer.detail}`, answer.opening)
  if (answer.status !== 200) return refuse('keys', `jwks_uri: answered ${answer.status}`)
  const read = readJson(answer)
  if (!read.ok) return refuse('keys', `jwks_uri: ${read.detail}`)
  const judged = judgeKeySet(read.members)
  return judged.ok ? judged : refuse('keys', `jwks_uri: ${judged.detail}`)
}

type Answer = Extract<EgressOutcome, { kind: 'answer' }>

async function get(
  egress: Pick<Egress, 'get'>,
  url: string,
  maxBytes: number,
  etag?: string,
): Promise<({ readonly ok: true } & Answer) | DocumentRefusal> {
  const outcome = await egress.get(url, {
    trust: 'stranger',
    accept: 'application/json',
    maxBytes,
    timeoutMs: LOOK_TIMEOUT_MS,
    ...(etag === undefined ? {} : { headers: { 'if-none-match': etag } }),
  })
  switch (outcome.kind) {
    case 'answer':
      return { ok: true, ...outcome }
    case 'refused':
      return refuse('blocked', outcome.reason, openingOf(outcome))
    case 'failed':
      return refuse('unreachable', outcome.reason, openingOf(outcome))
  }
}

function openingOf({ host, setting }: Opening): Opening {
  return { host, setting }
}
