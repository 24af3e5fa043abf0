/** What an authorization server says of itself (RFC 8414), as it was found; members are not judged here. */
export interface AuthorizationServer {
  /** Issuer identifier that was asked for. */
  readonly issuer: string
  /** Where its metadata was found. */
  readonly url: string
  readonly metadata: Readonly<Record<string, unknown>>
}

/** A client as the authorization server knows it, and how it proves who it is at the token endpoint. */
export interface OAuthClient {
  readonly clientId: string
  readonly redirectUri: string
  readonly authentication:
    | { readonly method: 'none' }
    | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secret: string }
    | { readonly method: 'private_key_jwt'; readonly key: JsonWebKey & { readonly kid?: string } }
}

/** What nobody but the client and the server may read. */
export function secretsOfClient({ authentication }: OAuthClient): readonly string[] {
  if (authentication.method === 'none') return []
  if (authentication.method !== 'private_key_jwt') return [authentication.secret]
  return authentication.key.d === undefined ? [] : [authentication.key.d]
}

/** Where an endpoint is, by the name of its metadata member; undefined for one that it does not name. */
export function endpointOf({ metadata }: AuthorizationServer, member: `${string}_endpoint`): string | undefined {
  const value = metadata[member]
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? value
    : undefined
}

/** Strings of a list in the metadata; none for a member that is no list. */
export function listedIn({ metadata }: AuthorizationServer, member: string): readonly string[] {
  const value = metadata[member]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** A step of the flow needs an endpoint that the authorization server does not name. */
export class EndpointMissing extends Error {
  override readonly name = 'EndpointMissing'
  constructor(member: string) {
    super(`the metadata of the authorization server names no ${member}`)
  }
}

/** @throws EndpointMissing */
export function requireEndpoint(server: AuthorizationServer, member: `${string}_endpoint`): string {
  const endpoint = endpointOf(server, member)
  if (endpoint === undefined) throw new EndpointMissing(member)
  return endpoint
}
