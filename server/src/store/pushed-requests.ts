import type { Database, Statement } from './database.ts'
import { hashId } from './id-hash.ts'
import type { Part } from './statement-builder.ts'

/** An authorization request that a client brought itself, before the browser. */
export interface NewPushedRequest {
  /** What the browser brings later: whoever has it can begin the authorization. */
  readonly id: string
  readonly clientId: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly lifetimeSeconds: number
}

/** Name of the part that has a row when the request was stored. */
export const PUSHED = 'pushed'

/** @param after name of an earlier part that must have found a row, if there is one: what proves the client */
export function insertPushedRequest(request: NewPushedRequest, after: string | undefined): Part {
  return {
    name: PUSHED,
    sql: (place) => `INSERT INTO pushed_requests (id_hash, client_id, payload, expires_at)
      SELECT ${place(hashId(request.id))}::bytea, ${place(request.clientId)}::text,
             ${place(JSON.stringify(request.payload))}::jsonb,
             now() + make_interval(secs => ${place(request.lifetimeSeconds)}::float8)
       ${after === undefined ? '' : `WHERE EXISTS (SELECT 1 FROM ${after})`}
      RETURNING id_hash`,
  }
}

/**
 * - `unknown`: there is none of that id; it may have ended long ago.
 * - `foreign`: another client pushed it. It stays as it is.
 * - `used`, `ended`: it was good once.
 */
export type PushedRequestRefusal =
  | { readonly reason: 'unknown' | 'used' | 'ended' }
  | { readonly reason: 'foreign'; readonly pushedBy: string }

export type UsedPushedRequest =
  | { readonly ok: true; readonly payload: Readonly<Record<string, unknown>>; readonly secondsLeft: number }
  | { readonly ok: false; readonly refusal: PushedRequestRefusal }

const USE: Statement = {
  name: 'pushed request use',
  text: `UPDATE pushed_requests SET consumed_at = now()
    WHERE id_hash = $1 AND client_id = $2 AND consumed_at IS NULL AND expires_at > now()
    RETURNING payload, extract(epoch FROM expires_at - now())::float8 AS seconds_left`,
}

const LOOK: Statement = {
  name: 'pushed request look',
  text: 'SELECT client_id, consumed_at IS NOT NULL AS used FROM pushed_requests WHERE id_hash = $1',
}

/** Uses a pushed request up; of several that ask for the same one, in whatever process, one gets it. */
export async function usePushedRequest(database: Database, id: string, clientId: string): Promise<UsedPushedRequest> {
  type Row = { payload: Record<string, unknown>; seconds_left: number }
  const [row] = await database.write<Row>(USE, [hashId(id), clientId])
  if (row !== undefined) return { ok: true, payload: row.payload, secondsLeft: row.seconds_left }
  // Decided already: this look only tells the operator why.
  const [there] = await database.read<{ client_id: string; used: boolean }>(LOOK, [hashId(id)])
  return { ok: false, refusal: refusalOf(there, clientId) }
}

function refusalOf(
  there: { readonly client_id: string; readonly used: boolean } | undefined,
  clientId: string,
): PushedRequestRefusal {
  if (there === undefined) return { reason: 'unknown' }
  if (there.client_id !== clientId) return { reason: 'foreign', pushedBy: there.client_id }
  return { reason: there.used ? 'used' : 'ended' }
}
