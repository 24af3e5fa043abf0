import type { Provider } from 'oidc-provider'
import type { Secret } from '../config/secret.ts'
import { equalInConstantTime } from '../keys/equal.ts'
import { hashId } from '../store/id-hash.ts'
import { reportRefusal } from './refusals.ts'
import type { Report } from './report.ts'
import { ROUTES } from './routes.ts'

interface InitialAccessToken {
  readonly issuer: string
  readonly token: Secret
  readonly report: Report
}

/**
 * Takes registrations only with the operator's token, and looks at nothing else of them before.
 * @see RFC 7591 §3, RFC 6750 §3
 */
export function requireInitialAccessToken(provider: Provider, { issuer, token, report }: InitialAccessToken): void {
  const expected = digest(token.reveal())
  provider.use(async (ctx, next) => {
    if (ctx.path !== ROUTES.registration) return next()
    const presented = bearerToken(ctx.get('Authorization'))
    if (presented !== undefined && equalInConstantTime(digest(presented), expected)) return next()
    const reason = presented === undefined ? 'no initial access token' : 'another initial access token'
    refuseToken(ctx, { issuer, presented, report, what: 'registration refused', reason })
  })
}

/** @returns the token of an `Authorization` header, undefined where it holds none */
export function bearerToken(authorization: string): string | undefined {
  return /^bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1]
}

/** Digests are of one length, so that comparing them tells nothing of the token. */
function digest(token: string): string {
  return hashId(token).toString('base64url')
}

type Answer = { status: number; type: string; body: unknown; set(name: string, value: string): void }

/**
 * 401 with the challenge: an error only for somebody who brought a token. Settling completes the body.
 * @see RFC 6750 §3.1
 */
export function refuseToken(
  ctx: Answer,
  refusal: { issuer: string; presented: string | undefined; report: Report; what: string; reason: string },
): void {
  const { issuer, presented, report, what, reason } = refusal
  reportRefusal(report, what, { error: 'invalid_token', reason })
  ctx.status = 401
  ctx.set('WWW-Authenticate', `Bearer realm="${issuer}"${presented === undefined ? '' : ', error="invalid_token"'}`)
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'json'
  ctx.body = { error: 'invalid_token' }
}
