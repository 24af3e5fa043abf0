import type { Adapter } from 'oidc-provider'
import { currentUnit } from '../../store/unit-of-work.ts'
import { nothingKept } from './nothing-kept.ts'
import { lifetimeOf } from './payload.ts'

/**
 * Client assertions that were seen; DPoP proofs do not come here. The engine looks and then notes, and between the two any
 * number of requests would find nothing: so it finds nothing ever, and what it notes is decided by the one statement at the
 * end of the request.
 */
export const replayDetectionAdapter: Adapter = {
  ...nothingKept,
  async upsert(id, { iss }, expiresIn) {
    // The engine's id is a digest of issuer and jti without a border between the two: the issuer goes in once more.
    const presentation = { kind: 'client-assertion', id: `${id} ${String(iss)}` } as const
    currentUnit().presentations.push({ ...presentation, secondsLeft: lifetimeOf(expiresIn) })
  },
}
