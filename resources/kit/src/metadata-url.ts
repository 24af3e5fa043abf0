/** Where every protected resource of an origin has its metadata, or below. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource'

/**
 * The URL of a resource's metadata: the well-known name goes between host and path.
 *
 * @param resource the canonical resource identifier
 * @see {@link https://www.rfc-editor.org/rfc/rfc9728#section-3.1 RFC 9728 §3.1}
 */
export function metadataUrlOf(resource: string): string {
  const { origin, pathname, search } = new URL(resource)
  return `${origin}${METADATA_PATH}${pathname === '/' ? '' : pathname}${search}`
}
