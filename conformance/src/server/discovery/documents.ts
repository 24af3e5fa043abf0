import { type Finding, incomplete } from '../../check/finding.ts'
import { isRecord } from '../../mcp/json-rpc.ts'
import { headerOf, jsonOf, type WireAnswer } from '../../wire/message.ts'
import type { Wire } from '../../wire/wire.ts'
import type { FoundMetadata, ServerSubject } from '../subject.ts'

const RESOURCE = '/.well-known/oauth-protected-resource'

type Document = Readonly<Record<string, unknown>>

export function fetchDocument(wire: Wire, url: string): Promise<WireAnswer> {
  return wire.send({ method: 'GET', url, headers: [['accept', 'application/json']] })
}

/** The JSON object of a 200; undefined for every other answer. */
export function documentOf(answer: WireAnswer): Document | undefined {
  const value = answer.status === 200 ? jsonOf(answer) : undefined
  return isRecord(value) ? value : undefined
}

export function isJsonType(answer: WireAnswer): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(headerOf(answer, 'content-type') ?? '')
}

/** Where the metadata of a resource is, beside its path and at the root; the same twice for one without a path. */
export function wellKnownOf(url: string): { readonly beside: string; readonly root: string } {
  const { origin, pathname } = new URL(url)
  return { beside: `${origin}${RESOURCE}${pathname === '/' ? '' : pathname}`, root: `${origin}${RESOURCE}` }
}

/** Runs a question about metadata that was found; without any there is nothing to ask it of. */
export async function withMetadata(
  { metadata }: ServerSubject,
  question: (found: FoundMetadata) => Finding | Promise<Finding>,
): Promise<Finding> {
  return metadata === undefined ? incomplete('no metadata was found to look at') : question(metadata)
}

/** Names in a list of the document; undefined when it is not a list of names. */
export function namesIn(document: Document, member: string): readonly string[] | undefined {
  const value = document[member]
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}
