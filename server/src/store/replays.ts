import { hashId } from './id-hash.ts'
import type { Part } from './statement-builder.ts'

/**
 * Something that may be presented once: the id of a client assertion (RFC 7523 §3) or of a DPoP proof (RFC 9449 §11.1), or a
 * challenge that a passkey signed.
 */
export interface Presentation {
  readonly kind: 'client-assertion' | 'dpop-proof' | 'passkey-challenge'
  /** Who says so and what it is called, in one string that no other presentation has. */
  readonly id: string
  /** Until nobody would take it any more, were it new. */
  readonly secondsLeft: number
}

/** What a client presents to prove who it is, or that it has a key. */
export type ClientPresentation = Presentation & { readonly kind: 'client-assertion' | 'dpop-proof' }

/** Name of the part that has a row when nothing of the request was presented before. */
export const UNSEEN = 'unseen'

/** What the combined statement tells of the parts of `insertPresentations`: the digests that were new. */
export const NEW_DIGESTS = 'ARRAY(SELECT id_hash FROM seen)'

// A process whose clock is behind takes an assertion longer than the one that saw it first: what was seen is kept beyond its
// end by as much as clocks of one deployment differ. Each may be two minutes off, one ahead and the other behind.
const CLOCK_MARGIN_SECONDS = 240

/**
 * Inserts what the request presents; of several requests with the same one, in whatever process, one finds it unseen. The
 * parts after it depend on `UNSEEN`.
 */
export function insertPresentations(presentations: readonly Presentation[]): readonly Part[] {
  const seen: Part = {
    name: 'seen',
    sql: (place) => {
      const rows = presentations.map((each) => {
        return `(${place(digestOf(each))}::bytea, ${place(each.secondsLeft + CLOCK_MARGIN_SECONDS)}::float8)`
      })
      return `INSERT INTO replays (id_hash, expires_at)
        SELECT id_hash, now() + make_interval(secs => seconds) FROM (VALUES ${rows.join(', ')}) AS r (id_hash, seconds)
        ON CONFLICT (id_hash) DO NOTHING RETURNING id_hash`
    },
  }
  const all: Part = {
    name: UNSEEN,
    sql: (place) => `SELECT 1 AS unseen FROM seen HAVING count(*) = ${place(presentations.length)}::int`,
  }
  return [seen, all]
}

/**
 * What kind of thing was presented before.
 * @param newDigests what the statement told
 */
export function kindSeenBefore(
  presentations: readonly ClientPresentation[],
  newDigests: readonly Buffer[],
): ClientPresentation['kind'] | undefined {
  return presentations.find((each) => !newDigests.some((digest) => digest.equals(digestOf(each))))?.kind
}

function digestOf({ kind, id }: Presentation): Buffer {
  return hashId(`${kind} ${id}`)
}
