import { type Finding, incomplete } from '../../check/finding.ts'
import { headerOf, type WireAnswer } from '../../wire/message.ts'
import { documentOf, fetchDocument } from '../fetched-document.ts'
import type { FoundMetadata, ServerSubject } from '../subject.ts'

export { documentOf, fetchDocument }

const RESOURCE = '/.well-known/oauth-protected-resource'

type Document = Readonly<Record<string, unknown>>

export function isJsonType(answer: WireAnswer): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(headerOf(answer, 'content-type') ?? '')
}

/** Where the metadata of a resource is, beside its path and at the root; the same twice for one without a path. */
export function wellKnownOf(url: string): { readonly beside: string; readonly root: string } {
  const { origin, pathname } = new URL(url)
  return { beside: `${origin}${RESOURCE}${pathname === '/' ? '' : pathname}`, root: `${origin}${RESOURCE}` }
}

/** Runs a question about metadata that was found, and shows how it was; without any there is nothing to ask it of. */
export async function withMetadata(
  { metadata, wire }: ServerSubject,
  question: (found: FoundMetadata) => Finding | Promise<Finding>,
): Promise<Finding> {
  if (metadata === undefined) return incomplete('no metadata was found to look at')
  await fetchDocument(wire, metadata.url)
  return question(metadata)
}

/** Names in a list of the document; undefined when it is not a list of names. */
export function namesIn(document: Document, member: string): readonly string[] | undefined {
  const value = document[member]
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}
