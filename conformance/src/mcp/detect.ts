import type { WireAnswer } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { createSpeaker } from './http-speaker.ts'
import { isRecord, isSuccess, readRpc } from './json-rpc.ts'
import { isRevision, isStateless, REVISIONS, type Revision, STATELESS_SINCE } from './revision.ts'

/** JSON-RPC error of a server that does not speak the revision it was asked in; its data names those it does. */
const UNSUPPORTED_VERSION = -32022
const NEWEST_WITH_SESSIONS: Revision = '2025-11-25'

/** Which revision a server speaks, or why that could not be seen. */
export type Detected =
  | { readonly kind: 'speaks'; readonly revision: Revision }
  /** The server answers nobody without better credentials; `answer` is its refusal. */
  | { readonly kind: 'refused'; readonly answer: WireAnswer }
  /** It answered, and not as an MCP server does; `answer` is the last one. */
  | { readonly kind: 'unknown'; readonly answer: WireAnswer }

/**
 * Asks a server which revision it speaks: the newest first, as a client does.
 * @param token sent along when there is one; most servers tell nothing without
 * @throws Unanswered
 */
export async function detectRevision(wire: Wire, url: string, token: string | undefined): Promise<Detected> {
  const { answer } = await createSpeaker(url, STATELESS_SINCE).open(wire, token)
  if (isRefusal(answer)) return { kind: 'refused', answer }
  const named = revisionsNamed(answer)
  if (named.includes(STATELESS_SINCE)) return { kind: 'speaks', revision: STATELESS_SINCE }
  const asked = named.findLast((revision) => !isStateless(revision)) ?? NEWEST_WITH_SESSIONS
  const opened = await createSpeaker(url, asked).open(wire, token)
  if (isRefusal(opened.answer)) return { kind: 'refused', answer: opened.answer }
  const agreed = agreedRevision(opened.answer)
  return agreed === undefined ? { kind: 'unknown', answer: opened.answer } : { kind: 'speaks', revision: agreed }
}

/** Revisions that `server/discover`, or the refusal of a version, names; oldest first. */
function revisionsNamed(answer: WireAnswer): readonly Revision[] {
  const rpc = readRpc(answer)
  if (rpc === undefined) return []
  if (rpc.kind === 'result') return known(rpc.result.supportedVersions)
  return rpc.code === UNSUPPORTED_VERSION && isRecord(rpc.data) ? known(rpc.data.supported) : []
}

function known(versions: unknown): readonly Revision[] {
  return Array.isArray(versions) ? REVISIONS.filter((revision) => versions.includes(revision)) : []
}

function agreedRevision(answer: WireAnswer): Revision | undefined {
  const rpc = isSuccess(answer) ? readRpc(answer) : undefined
  const version = rpc?.kind === 'result' ? rpc.result.protocolVersion : undefined
  return isRevision(version) ? version : undefined
}

function isRefusal({ status }: WireAnswer): boolean {
  return status === 401 || status === 403
}
