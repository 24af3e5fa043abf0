import type { Adapter } from 'oidc-provider'
import { currentUnit } from '../../store/unit-of-work.ts'
import type { InteractionStates } from '../interaction-state.ts'
import { nothingKept } from './nothing-kept.ts'

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
      const passwordVersion = state.payload.result?.login?.passwordVersion
      unit.passwordVersion = typeof passwordVersion === 'string' ? passwordVersion : undefined
      return state.payload
    },
    async destroy(uid) {
      states.clear(uid)
    },
  }
}
