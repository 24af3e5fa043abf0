import { ACCESS_TOKENS_GONE_SECONDS } from '../../config/lifetimes.ts'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import type { RevocationList, Revocations, RevokedGrant } from '../../store/revocations.ts'
import { createLagWatch, type TellLag } from './lag.ts'

/** A feed that is older says nothing: whoever holds an old one back gains no more than this. */
export const FEED_LIFETIME_SECONDS = 60
/** How soon a revocation at any process is in the feed of every other: the table is read again after this, while somebody asks. */
export const FEED_AGE_MS = 250
export const FEED_TYPE = 'sallyport-revocations+jwt'

/** What a resource has to know, at one moment. */
export interface Revoked {
  /** Another string when anything of it is different. */
  readonly state: string
  /** What it is, signed for the resource: once, however many ask. */
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
  readonly tellLag: TellLag
}

interface Read {
  readonly at: number
  readonly revoked: Promise<Revoked>
}

/** However many ask, the table is read, and what it says signed, once for each resource and `FEED_AGE_MS`. */
export function createRevocationFeed(deps: FeedDeps): RevocationFeed {
  const reads = new Map<string, Read>()
  const watchLag = createLagWatch(deps.tellLag)
  const sign = (resourceUri: string, said: RevocationClaims, { readAt: iat }: RevocationList): Promise<string> => {
    // By the clock of the database: resources refuse a statement that is older than the last, and every process makes some.
    const claims = { iss: deps.issuer, aud: resourceUri, iat, exp: iat + FEED_LIFETIME_SECONDS, ...said }
    return deps.sign({ type: FEED_TYPE, claims })
  }
  const read = async (resourceUri: string, uris: readonly string[]): Promise<Revoked> => {
    const began = performance.now()
    const list = await deps.revocations.list(uris, ACCESS_TOKENS_GONE_SECONDS)
    watchLag(resourceUri, list.grants, (performance.now() - began) / 1_000)
    const said = claimsOf(list.grants)
    let signed: Promise<string> | undefined
    // Most reads are of streams that have nothing new to say.
    return { state: JSON.stringify(said), statement: () => (signed ??= sign(resourceUri, said, list)) }
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

interface RevocationClaims {
  /** Ids of grants that ended. */
  readonly revoked: readonly string[]
  /** By the id of a grant that goes on, the scopes that were taken back. */
  readonly narrowed: Readonly<Record<string, readonly string[]>>
}

function claimsOf(grants: readonly RevokedGrant[]): RevocationClaims {
  const narrowed = grants.flatMap(({ id, takenBack }) => (takenBack === undefined ? [] : [[id, takenBack] as const]))
  const revoked = grants.filter(({ takenBack }) => takenBack === undefined).map(({ id }) => id)
  return { revoked, narrowed: Object.fromEntries(narrowed) }
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
