import type { Adapter } from 'oidc-provider'
import { z } from 'zod'
import type { SignInProof } from '../../store/sign-in-proof.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import type { InteractionStates } from '../interaction-state.ts'
import { nothingKept } from './nothing-kept.ts'

const PROOF = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('password'), version: z.string() }),
  z.object({ kind: z.literal('passkey'), id: z.string() }),
])

/** Interactions travel in a sealed cookie of their own path. */
export function interactionAdapter(states: InteractionStates): Adapter {
  return {
    ...nothingKept,
    async upsert(uid, payload) {
      await states.write(uid, { payload: { ...payload }, facts: currentUnit().facts })
    },
    async find(uid) {
      const state = await states.read(uid)
      if (state === undefined) return
      const unit = currentUnit()
      unit.interaction = uid
      unit.facts = state.facts
      const { result } = state.payload
      const proof: SignInProof | undefined = PROOF.safeParse(result?.login?.proof).data
      unit.signInProof = proof
      // Without a proof it would outlive what it was made by: whoever wrote it so, the person signs in again.
      if (result?.login !== undefined && proof === undefined) return { ...state.payload, result: undefined }
      return state.payload
    },
    async destroy(uid) {
      states.clear(uid)
    },
  }
}
