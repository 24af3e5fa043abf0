// The one module that imports the engine's own files, or reaches for what its types do not show. Neither carries a
// promise: a test pins what is used here.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
// @ts-expect-error -- the engine ships no types for this file; the pin test holds its three members
import NonceSeries from 'oidc-provider/lib/helpers/challenge.js'
// @ts-expect-error -- the engine ships no types for this file; `record` checks what is read from it
import { defaults } from 'oidc-provider/lib/helpers/defaults.js'
// @ts-expect-error -- the engine ships no types for this file; `keyProof` checks what is read from it
import validateProof, { getDpopJwt } from 'oidc-provider/lib/helpers/validate_dpop.js'
// @ts-expect-error -- the engine ships no types for this file; the pin test holds what is reached by it
import insides from 'oidc-provider/lib/helpers/weak_cache.js'
import type { KnownNames } from './compose.ts'

/**
 * Every name the installed engine reads from its configuration, taken from its own defaults.
 * @throws TypeError when the engine's file no longer has that shape
 */
export function namesKnownToTheEngine(): KnownNames {
  const all = record(defaults, 'defaults')
  const members = (key: string): ReadonlySet<string> => new Set(Object.keys(record(all[key], key)))
  const features = Object.entries(record(all.features, 'features'))
  return {
    keys: new Set(Object.keys(all)),
    features: Object.fromEntries(features.map(([name, value]) => [name, new Set(Object.keys(record(value, name)))])),
    ttl: members('ttl'),
    routes: members('routes'),
    enabledJWA: members('enabledJWA'),
  }
}

/**
 * What the engine judges client metadata with.
 * @throws TypeError when it is not where it was, or judges no redirect URIs
 */
export function schemaOf(provider: Provider): object {
  const schema: unknown = Reflect.get(provider.Client, 'Schema')
  const prototype: unknown = typeof schema === 'function' ? schema.prototype : undefined
  if (typeof prototype !== 'object' || prototype === null || !('redirectUris' in prototype))
    throw new TypeError("the engine's schema of clients is not where it was")
  return prototype
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`the engine's ${name} are not where they were`)
  return { ...value }
}

/** What a client has proven by a DPoP proof that holds. */
export interface KeyProof {
  /** Digest of its key. @see RFC 7638 */
  readonly thumbprint: string
  readonly jti: string
  /** Seconds since 1970, by the clock of the client. */
  readonly iat: number
  /** Whether it holds a nonce of ours, which then stands for the time. */
  readonly hasNonce: boolean
}

type EngineContext = object & Partial<Pick<KoaContextWithOIDC, 'oidc'>>

/**
 * The proof of the request at hand, undefined where it has none.
 * @throws OIDCProviderError `invalid_dpop_proof` or `use_dpop_nonce`
 */
export async function checkKeyProof(provider: Provider, ctx: EngineContext): Promise<KeyProof | undefined> {
  const checked: unknown = await validateProof(provider, ctx)
  return checked === undefined ? undefined : keyProof(record(checked, 'proof'), provider, ctx)
}

/** The proof that the engine has checked on its way to the answer; undefined where it got to none that holds. */
export async function keyProofSoFar(provider: Provider, ctx: EngineContext): Promise<KeyProof | undefined> {
  if (ctx.oidc === undefined || getDpopJwt(provider, ctx) === undefined) return undefined
  return checkKeyProof(provider, ctx)
}

function keyProof(checked: Readonly<Record<string, unknown>>, provider: Provider, ctx: EngineContext): KeyProof {
  const { thumbprint, jti, iat } = checked
  const { nonce } = record(getDpopJwt(provider, ctx)?.payload, 'claims of a proof')
  if (typeof thumbprint !== 'string' || typeof jti !== 'string' || typeof iat !== 'number') {
    throw new TypeError("the engine's proofs are not what they were")
  }
  return { thumbprint, jti, iat, hasNonce: Boolean(nonce) }
}

/** The engine knows one secret of nonces; here the first of the list makes them, and all of it tells its own. */
export function acceptNoncesOf(provider: Provider, secrets: readonly Buffer[]): void {
  const all = secrets.map((secret) => new NonceSeries(secret, 'DPoP'))
  Object.assign(insides(provider), {
    DPoPNonces: {
      nextChallenge: (): string => all[0]?.nextChallenge(),
      checkChallenge: (nonce: string): boolean => all.some((series) => series.checkChallenge(nonce)),
    },
  })
}

/** The nonce that a client is told to use next. */
export function nextNonce(provider: Provider): string {
  return insides(provider).DPoPNonces.nextChallenge()
}
