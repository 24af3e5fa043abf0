import type { RegisteredClient } from './clients.ts'
import type { RegisteredResource } from './resources.ts'

/** The client that a resource signs in with, made and removed together with it. */
export interface ResourceClient {
  readonly id: string
  readonly metadata: Readonly<Record<string, unknown>>
}

export type ReferenceRefusal = 'client-taken' | 'owner-unknown' | 'owner-without-keys' | 'exchange-source-unknown'

/** Id of the client that belongs to a resource. Registered clients are `client_…`, so the two never meet. */
export function resourceClientId(resourceId: string): string {
  return `resource-${resourceId}`
}

/**
 * What the client of a resource says of itself: it signs in by key, and no person is ever sent to it.
 * @param publicJwk the public half of its key
 * @see RFC 7591 §2
 */
export function buildResourceClient(
  resource: Pick<RegisteredResource, 'id' | 'name'>,
  publicJwk: Readonly<Record<string, string>>,
): ResourceClient {
  return {
    id: resourceClientId(resource.id),
    metadata: {
      client_name: resource.name,
      redirect_uris: [],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicJwk] },
    },
  }
}

/**
 * Whether what a resource refers to is there and fit for it.
 * @param resources ids that may be exchanged from
 * @param owner the client that `ownerClientId` names, if there is one
 */
export function judgeReferences(
  resource: Pick<RegisteredResource, 'id' | 'ownerClientId' | 'exchangeFrom'>,
  resources: ReadonlySet<string>,
  owner: RegisteredClient | undefined,
): ReferenceRefusal | undefined {
  if (resource.exchangeFrom.some((source) => source === resource.id || !resources.has(source))) {
    return 'exchange-source-unknown'
  }
  if (resource.ownerClientId === undefined) return undefined
  if (owner === undefined) return 'owner-unknown'
  // Anyone may register a client with keys; to own a resource is for the operator to say.
  return owner.source !== 'dynamic' && signsInByKey(owner.metadata) ? undefined : 'owner-without-keys'
}

function signsInByKey({ token_endpoint_auth_method: method, jwks }: RegisteredClient['metadata']): boolean {
  return method === 'private_key_jwt' && typeof jwks === 'object' && jwks !== null
}
