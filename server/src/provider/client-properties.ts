/** Properties of ours beside the registered metadata of a client. The store sets them; a registration cannot. */
export const CLIENT_PROPERTIES = {
  /** Who brought the client in. */
  source: 'sallyport_source',
  /** Resource id meant when the client sends no `resource`. */
  defaultResource: 'sallyport_default_resource',
  /** The client named its grant types and left `refresh_token` out: it gets one only when it asks for `offline_access`. */
  refreshOnRequest: 'sallyport_refresh_on_request',
  /** The client is known by a document of a host that the operator vouches for. */
  trustedDocument: 'sallyport_trusted_document',
} as const

type ClientLike = object | undefined

/** How far this server knows a client beyond what it says of itself. */
export function isPreRegistered(client: ClientLike): boolean {
  const source = property(client, CLIENT_PROPERTIES.source)
  return source === 'settings' || source === 'cli' || source === 'resource'
}

/** Whether the client is known by a document it publishes itself. */
export function isDocument(client: ClientLike): boolean {
  return property(client, CLIENT_PROPERTIES.source) === 'document'
}

/**
 * Whether somebody this server believes stands behind the client: the operator who registered it, or who listed the host
 * of its document.
 */
export function isVouchedFor(client: ClientLike): boolean {
  return isPreRegistered(client) || property(client, CLIENT_PROPERTIES.trustedDocument) === true
}

export function defaultResourceOf(client: ClientLike): string | undefined {
  const value = property(client, CLIENT_PROPERTIES.defaultResource)
  return typeof value === 'string' ? value : undefined
}

export function wantsRefreshOnRequestOnly(client: ClientLike): boolean {
  return property(client, CLIENT_PROPERTIES.refreshOnRequest) === true
}

function property(client: ClientLike, name: string): unknown {
  return client === undefined ? undefined : Reflect.get(client, name)
}
