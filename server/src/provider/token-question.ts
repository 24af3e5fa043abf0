import type { Client, KoaContextWithOIDC } from 'oidc-provider'

/** Around the engine's router the context has its `oidc` part only where a route matched. */
type EngineContext = Pick<KoaContextWithOIDC, 'path' | 'status' | 'body'> & Partial<Pick<KoaContextWithOIDC, 'oidc'>>

/** What a client that has proven who it is asks about a token. */
export interface TokenQuestion {
  readonly client: Client
  readonly token: string
}

// What the engine says of a JWT, once the client and the form of the request are in order: it keeps none of those it issued.
const STRUCTURED = 'unsupported_token_type'

/**
 * The question of a request to `route` that the engine has judged: the client proved itself, the request is well formed.
 * The engine knows no answer for JWTs, and is told to have none for other tokens; every refusal of its own stays.
 */
export function tokenQuestion(ctx: EngineContext, route: string): TokenQuestion | undefined {
  if (ctx.path !== route) return undefined
  const { client, params } = ctx.oidc ?? {}
  if (client === undefined || typeof params?.token !== 'string') return undefined
  if (ctx.status !== 200 && !(ctx.status === 400 && errorIn(ctx.body) === STRUCTURED)) return undefined
  return { client, token: params.token }
}

function errorIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined
}
