import type { Provider } from 'oidc-provider'
import type { Sealer } from '../keys/sealing.ts'
import { currentUnit, type Unit } from '../store/unit-of-work.ts'
import { PROOF_ALGORITHMS, proofSecondsLeft, refuseProof } from './dpop-proof.ts'
import type { EngineContext } from './engine-context.ts'
import { errorEntry } from './error-catalogue.ts'
import { acceptNoncesOf, type KeyProof, keyProofSoFar, nextNonce } from './internals.ts'
import type { Report } from './report.ts'
import { ROUTES } from './routes.ts'
import type { Slice } from './slice.ts'

const PATHS: readonly string[] = [ROUTES.token, ROUTES.pushed_authorization_request]

/**
 * Tokens bound to a key of the client. The engine checks a proof; whether it was seen before is decided with everything
 * else the request wants, so its own look into what it remembers is switched off.
 * @see RFC 9449
 */
export function dpop(sealer: Sealer, settings: { readonly requireNonce: boolean }): Slice {
  return {
    features: {
      dPoP: {
        enabled: true,
        nonceSecret: sealer.macKeys('dpop-nonce')[0],
        requireNonce: () => settings.requireNonce,
        allowReplay: true,
      },
    },
    enabledJWA: { dPoPSigningAlgValues: [...PROOF_ALGORITHMS] },
  }
}

interface ProofDeps {
  readonly sealer: Sealer
  readonly dpop: { readonly requireNonce: boolean }
  readonly report: Report
  /** Seconds since 1970. */
  readonly now: () => number
}

/**
 * Judges proofs around the endpoints that take them, and notes what was proven: the key for the audit, and the proof itself
 * for the statement that decides whether it is new. What is refused uses nothing up, the proof included.
 * @see RFC 9449 §4.3, §5, §8, §11.1
 */
export function judgeProofs(provider: Provider, deps: ProofDeps): void {
  // While the encryption keys change, another process hands out nonces by another key of the list.
  acceptNoncesOf(provider, deps.sealer.macKeys('dpop-nonce'))
  provider.use(async (ctx, next) => {
    if (!PATHS.includes(ctx.path)) return next()
    const header = ctx.req.headers.dpop
    const rules = { requireNonce: deps.dpop.requireNonce, now: deps.now() }
    const reason = header === undefined ? undefined : refuseProof(String(header), rules)
    if (reason !== undefined) return refuse(ctx, reason, provider, deps.report)
    await next()
    noteProof(currentUnit(), ctx, await keyProofSoFar(provider, ctx), deps.now())
    if (header === undefined) missProof(ctx)
  })
}

function refuse(ctx: EngineContext, reason: string, provider: Provider, report: Report): void {
  const { correlationId, callerAddress: address } = currentUnit()
  const { code } = errorEntry('invalid_dpop_proof')
  report('warn', 'a DPoP proof was refused', { correlationId, code, address, reason, path: ctx.path })
  // A client whose clock is wrong does better with a nonce, the next time.
  ctx.set('DPoP-Nonce', nextNonce(provider))
  ctx.set('Cache-Control', 'no-store')
  ctx.status = 400
  ctx.body = { error: 'invalid_dpop_proof', error_description: `DPoP proof: ${reason}` }
}

function noteProof(unit: Unit, ctx: EngineContext, proof: KeyProof | undefined, now: number): void {
  if (proof === undefined) return
  unit.provenKey = proof.thumbprint
  if (ctx.status >= 400) return
  // Ids of proofs are chosen by clients: two keys may say the same one, and neither may use up the other's.
  const id = `${proof.thumbprint} ${proof.jti}`
  unit.presentations.push({ kind: 'dpop-proof', id, secondsLeft: proofSecondsLeft(proof, now) })
}

/**
 * The engine says `invalid_grant` to a client that gets bound tokens alone and sent no proof, and clients throw away their
 * tokens when they hear that. What it lacks is a proof.
 * @see RFC 9449 §5.2
 */
function missProof(ctx: EngineContext): void {
  const { body } = ctx
  if (ctx.oidc?.client?.dpopBoundAccessTokens !== true) return
  if (typeof body !== 'object' || body === null || Reflect.get(body, 'error') !== 'invalid_grant') return
  ctx.body = { error: 'invalid_dpop_proof', error_description: 'This client gets tokens only with a DPoP proof.' }
}
