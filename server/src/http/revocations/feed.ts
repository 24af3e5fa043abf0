import { ACCESS_TOKENS_GONE_SECONDS } from '../../config/lifetimes.ts'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import type { Revocation, Revocations } from '../../store/revocations.ts'

/** A feed that is older says nothing: whoever holds an old one back gains no more than this. */
export const FEED_LIFETIME_SECONDS = 60
/** How soon a revocation at any process is in the feed of every other: the table is read again after this, while somebody asks. */
export const FEED_AGE_MS = 250
export const FEED_TYPE = 'sallyport-revocations+jwt'

/** What a resource has to know, at one moment. */
export interface Revoked {
  /** Ids of grants, in an order of their own. */
  readonly grants: readonly string[]
  /** The same, signed for the resource: once, however many ask. */
  statement(): Promise<string>
}

export interface RevocationFeed {
  /** @returns undefined for a resource that is not registered; at most `FEED_AGE_MS` old otherwise */
  current(resourceUri: string): Promise<Revoked | undefined>
}

export interface FeedDeps {
  readonly issuer: string
  readonly registry: Pick<ResourceRegistry, 'current'>
  readonly revocations: Revocations
  readonly sign: (statement: { type: string; claims: Readonly<Record<string, unknown>> }) => Promise<string>
}

interface Read {
  readonly at: number
  readonly revoked: Promise<Revoked>
}

/** However many ask, the table is read, and what it says signed, once for each resource and `FEED_AGE_MS`. */
export function createRevocationFeed(deps: FeedDeps): RevocationFeed {
  const reads = new Map<string, Read>()
  const sign = (resourceUri: string, { grants, readAt: iat }: Revocation): Promise<string> => {
    // By the clock of the database: resources refuse a statement that is older than the last, and every process makes some.
    const claims = { iss: deps.issuer, aud: resourceUri, iat, exp: iat + FEED_LIFETIME_SECONDS, revoked: grants }
    return deps.sign({ type: FEED_TYPE, claims })
  }
  const read = async (resourceUri: string, uris: readonly string[]): Promise<Revoked> => {
    const revocation = await deps.revocations.list(uris, ACCESS_TOKENS_GONE_SECONDS)
    let signed: Promise<string> | undefined
    // Most reads are of streams that have nothing new to say.
    return { grants: revocation.grants, statement: () => (signed ??= sign(resourceUri, revocation)) }
  }
  return {
    async current(resourceUri) {
      const uris = originsOf(resourceUri, await deps.registry.current())
      if (uris.length === 0) return undefined
      const last = reads.get(resourceUri)
      if (last !== undefined && performance.now() - last.at < FEED_AGE_MS) return last.revoked
      const revoked = read(resourceUri, uris)
      reads.set(resourceUri, { at: performance.now(), revoked })
      // A failure is nothing to remember.
      revoked.catch(() => reads.delete(resourceUri))
      return revoked
    },
  }
}

type Snapshot = Awaited<ReturnType<ResourceRegistry['current']>>

/** A token that came out of an exchange names the grant that the chain began with, and that one was for another resource. */
function originsOf(resourceUri: string, snapshot: Snapshot): readonly string[] {
  const found = new Set<string>()
  const open = [snapshot.byUri(resourceUri)]
  for (let resource = open.pop(); resource !== undefined; resource = open.pop()) {
    if (found.has(resource.uri)) continue
    found.add(resource.uri)
    for (const id of resource.exchangeFrom) {
      const source = snapshot.byId(id)
      if (source !== undefined) open.push(source)
    }
  }
  return [...found]
}
