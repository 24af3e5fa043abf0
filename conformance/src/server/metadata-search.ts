import type { WireAnswer } from '../wire/message.ts'
import { Unanswered, type Wire } from '../wire/wire.ts'
import { bearerParameters } from './challenge.ts'
import { documentOf, fetchDocument } from './fetched-document.ts'
import type { FoundMetadata } from './subject.ts'

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/**
 * Where a client looks for the metadata of a protected resource, in its order: where the challenge points, then beside
 * the path, then at the root.
 * @param refusal the 401 to a request without credentials, when there was one
 * @see https://www.rfc-editor.org/rfc/rfc9728#section-3.1
 */
export function metadataAddresses(url: string, refusal: WireAnswer | undefined): readonly string[] {
  const { origin, pathname } = new URL(url)
  const named = refusal === undefined ? undefined : bearerParameters(refusal)?.get('resource_metadata')
  const beside = pathname === '/' ? [] : [`${origin}${WELL_KNOWN}${pathname}`]
  const all = [...(named !== undefined && isHttp(named) ? [named] : []), ...beside, `${origin}${WELL_KNOWN}`]
  return [...new Set(all)]
}

/** Finds the metadata as a client would: the first address that answers 200 with an object. */
export async function findMetadata(
  wire: Wire,
  url: string,
  refusal: WireAnswer | undefined,
): Promise<FoundMetadata | undefined> {
  for (const address of metadataAddresses(url, refusal)) {
    const document = await readDocument(wire, address)
    if (document !== undefined) return { url: address, document }
  }
  return undefined
}

async function readDocument(wire: Wire, url: string): Promise<FoundMetadata['document'] | undefined> {
  try {
    return documentOf(await fetchDocument(wire, url))
  } catch (error) {
    // A challenge may point to a host that does not answer; a client looks at the next place then.
    if (error instanceof Unanswered) return undefined
    throw error
  }
}

function isHttp(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
}
