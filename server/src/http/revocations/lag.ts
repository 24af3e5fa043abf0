import type { RevokedGrant } from '../../store/revocations.ts'

/** Told how many seconds after it was recorded a revocation got into a feed of this process. */
export type TellLag = (seconds: number) => void

/**
 * Tells of each revocation how late it came, once for each resource whose feed holds it. What had ended before anybody asked
 * here for the feed of a resource is not told: nobody waited for it.
 */
export function createLagWatch(
  tell: TellLag,
): (resourceUri: string, grants: readonly RevokedGrant[], readSeconds: number) => void {
  const published = new Map<string, ReadonlySet<string>>()
  return (resourceUri, grants, readSeconds) => {
    const before = published.get(resourceUri)
    const fresh = before === undefined ? [] : grants.filter((grant) => !before.has(nameOf(grant)))
    // While a stream is open this runs four times a second, mostly for nothing new.
    if (before !== undefined && fresh.length === 0 && before.size === grants.length) return
    published.set(resourceUri, new Set(grants.map(nameOf)))
    for (const { secondsAgo } of fresh) tell(secondsAgo + readSeconds)
  }
}

// What is taken back of a grant that goes on is a revocation of its own, and so is its end.
function nameOf({ id, takenBack = [] }: RevokedGrant): string {
  return [id, ...takenBack].join(' ')
}
