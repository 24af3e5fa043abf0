import type { KoaContextWithOIDC } from 'oidc-provider'

/** Around the engine's router the context has its `oidc` part only where a route matched. */
export type EngineContext = Omit<KoaContextWithOIDC, 'oidc'> & Partial<Pick<KoaContextWithOIDC, 'oidc'>>
