/** What an authorization server told a client by way of the browser. */
export type AuthorizationAnswer =
  | (Told & { readonly kind: 'code'; readonly code: string })
  | (Told & { readonly kind: 'error'; readonly error: string; readonly description: string | undefined })
  /** Neither a code nor an error, or both. */
  | (Told & { readonly kind: 'other' })

interface Told {
  readonly state: string | undefined
  readonly iss: string | undefined
  /** All that came; the fragment's where the query has none. */
  readonly parameters: URLSearchParams
}

/**
 * Reads the parameters of a redirect to the client.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 * @see https://www.rfc-editor.org/rfc/rfc9207#section-2
 */
export function readRedirect(to: URL): AuthorizationAnswer {
  const parameters = new URLSearchParams(to.search.length > 1 ? to.search : to.hash.slice(1))
  const one = (name: string): string | undefined => parameters.get(name) ?? undefined
  const told: Told = { state: one('state'), iss: one('iss'), parameters }
  const [code, error] = [one('code'), one('error')]
  if (code !== undefined && error === undefined) return { ...told, kind: 'code', code }
  if (error !== undefined && code === undefined) {
    return { ...told, kind: 'error', error, description: one('error_description') }
  }
  return { ...told, kind: 'other' }
}
