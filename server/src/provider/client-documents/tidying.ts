import type { ClientDocuments } from '../../store/client-documents.ts'

/** What strangers bring in is cleared away while they bring in more; not more often than this, in each process. */
const TIDY_EVERY_MS = 60_000

/** @param now milliseconds on a clock that never goes back */
export function createTidying(
  documents: Pick<ClientDocuments, 'prune'>,
  now: () => number = () => performance.now(),
): () => Promise<void> {
  let tidiedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (now() - tidiedAt < TIDY_EVERY_MS) return
    tidiedAt = now()
    await documents.prune()
  }
}
