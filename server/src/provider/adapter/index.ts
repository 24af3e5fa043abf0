import type { Adapter, AdapterFactory } from 'oidc-provider'
import type { LimitKey } from '../../keys/limit-keys.ts'
import type { Successors } from '../../keys/successor.ts'
import type { Store } from '../../store/index.ts'
import type { DocumentClients } from '../client-documents/index.ts'
import type { InteractionStates } from '../interaction-state.ts'
import { registrations } from '../registrations.ts'
import { type ClientCache, clientAdapter } from './client.ts'
import { codeAdapter } from './code.ts'
import { grantAdapter } from './grant.ts'
import { interactionAdapter } from './interaction.ts'
import { nothingKept } from './nothing-kept.ts'
import { pushedRequestAdapter } from './pushed-request.ts'
import { refreshTokenAdapter } from './refresh-token.ts'
import { replayDetectionAdapter } from './replay-detection.ts'
import { sessionAdapter } from './session.ts'

export interface AdapterDeps {
  readonly store: Store
  readonly limitKey: LimitKey
  readonly documentClients: DocumentClients
  readonly clientCache: ClientCache
  readonly managesClients: boolean
  readonly successors: Successors
  readonly states: InteractionStates
  readonly graceSeconds: number
  /** Seconds since 1970. */
  readonly now: () => number
}

/** The engine's storage, one adapter a kind of thing. Kinds this server does not keep have an adapter that keeps nothing. */
export function createAdapters(deps: AdapterDeps): AdapterFactory {
  const kept: Readonly<Record<string, Adapter>> = {
    AuthorizationCode: codeAdapter(deps.store.database, deps.now),
    Client: clientAdapter({ ...deps, registrations: registrations(deps.limitKey) }),
    Grant: grantAdapter(deps.store.registry, deps.now),
    Interaction: interactionAdapter(deps.states),
    PushedAuthorizationRequest: pushedRequestAdapter(deps.store.database, deps.now),
    RefreshToken: refreshTokenAdapter({ ...deps, database: deps.store.database, registry: deps.store.registry }),
    ReplayDetection: replayDetectionAdapter,
    Session: sessionAdapter(deps.store.sessions),
  }
  return (name) => kept[name] ?? nothingKept
}
