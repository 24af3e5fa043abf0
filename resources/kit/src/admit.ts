import type { Access } from './access.ts'
import { buildCorsHeaders, buildPreflightResponse } from './http/cross-origin.ts'
import { type HostAndOriginRules, isAllowedHost, isAllowedOrigin } from './http/host-and-origin.ts'
import { type Refusal, refusalCode, refusalDetail } from './http/refusal.ts'
import { buildRefusalResponse, type ChallengeContext } from './http/refusal-response.ts'
import { MAX_BODY_BYTES, MAX_PUBLIC_BODY_BYTES } from './http/request-body.ts'
import { serveWellKnown, type WellKnown } from './http/well-known.ts'
import { type JudgedBody, judgeBody } from './judge-body.ts'
import type { ToolPolicy } from './mcp/decide-calls.ts'
import type { GuardLog } from './protect-options.ts'
import { readCredentials, schemeOf, type TokenScheme } from './token/credentials.ts'
import type { PresentedToken, VerifiedToken } from './token/verify-access-token.ts'

/** What becomes of a request. */
export type Admission =
  | { readonly kind: 'answer'; readonly response: Response }
  | {
      readonly kind: 'pass'
      /** For the server: without Authorization, with the body that was judged. */
      readonly request: Request
      /** The parsed body of a POST. */
      readonly body: unknown
      /** Undefined only for `server/discover` under `publicDiscovery`. */
      readonly access: Access | undefined
      /** To be added to the server's answer. */
      readonly responseHeaders: Readonly<Record<string, string>>
      /** How long a stream that answers this request may last, in seconds; undefined where it is not a subscription. */
      readonly streamSecondsLeft: number | undefined
    }

type Pass = Extract<Admission, { kind: 'pass' }>

/** What the decision about a request needs. */
export interface AdmitDeps {
  readonly verify: (presented: PresentedToken) => Promise<VerifiedToken>
  readonly policy: ToolPolicy
  readonly publicDiscovery: boolean
  readonly rules: HostAndOriginRules
  readonly wellKnown: WellKnown
  readonly context: ChallengeContext
  readonly log: GuardLog
  /** Seconds since the epoch. */
  readonly clock: () => number
}

/**
 * Makes the function that decides about requests. The order is: meant for this host, public documents, allowed origin,
 * preflight, token, method, body. So nobody without a token learns which methods or tools exist, and no page of a
 * foreign origin gets as far as to try a token.
 *
 * @param deps the parts of the guard
 */
export function createAdmit(deps: AdmitDeps): (request: Request) => Promise<Admission> {
  return async (request) => {
    if (!isAllowedHost(request, deps.rules)) return refuse(deps, request, { kind: 'foreign-host' }, {})
    const document = await serveWellKnown(request, deps.wellKnown)
    if (document !== undefined) return { kind: 'answer', response: document }

    const origin = request.headers.get('origin')
    if (!isAllowedOrigin(origin, deps.rules)) return refuse(deps, request, { kind: 'foreign-origin' }, {})
    const corsHeaders = buildCorsHeaders(origin)
    if (request.method === 'OPTIONS') {
      const requested = request.headers.get('access-control-request-headers')
      return { kind: 'answer', response: buildPreflightResponse(requested, corsHeaders) }
    }
    const admitted = await authorize(request, deps)
    return admitted.ok
      ? pass(request, admitted, corsHeaders, deps.clock())
      : refuse(deps, request, admitted.refusal, corsHeaders)
  }
}

type Authorized =
  | ({ readonly ok: true; readonly access: Access | undefined } & Partial<Omit<JudgedBody & { ok: true }, 'ok'>>)
  | { readonly ok: false; readonly refusal: Refusal }

async function authorize(request: Request, deps: AdmitDeps): Promise<Authorized> {
  const credentials = readCredentials(request.headers.get('authorization'), new URL(request.url))
  switch (credentials.kind) {
    case 'malformed':
      return { ok: false, refusal: { kind: 'malformed-credentials', detail: credentials.detail } }
    case 'in-query':
      return { ok: false, refusal: { kind: 'token-in-query' } }
    case 'none':
      return authorizeAnonymous(request, deps)
    case 'token':
      return authorizeToken(request, credentials, deps)
    default:
      return credentials satisfies never
  }
}

async function authorizeAnonymous(request: Request, deps: AdmitDeps): Promise<Authorized> {
  const refused: Authorized = { ok: false, refusal: { kind: 'no-credentials' } }
  if (!deps.publicDiscovery || request.method !== 'POST') return refused
  const judged = await judgeBody(request, {
    policy: deps.policy,
    granted: [],
    isKnownLive: true,
    limit: MAX_PUBLIC_BODY_BYTES,
  })
  // `server/discover` alone: in a batch, something else would come in with it.
  return judged.ok && judged.soleMethod === 'server/discover' ? { ...judged, access: undefined } : refused
}

async function authorizeToken(
  request: Request,
  { token, scheme }: { readonly token: string; readonly scheme: TokenScheme },
  deps: AdmitDeps,
): Promise<Authorized> {
  const { method, headers } = request
  const verified = await deps.verify({ token, scheme, proof: headers.get('dpop'), method })
  if (verified.kind === 'refused') return { ok: false, refusal: { kind: 'token-refused', refusal: verified.refusal } }
  if (verified.kind === 'unavailable') {
    return { ok: false, refusal: { kind: 'issuer-unavailable', detail: verified.detail } }
  }
  const { access, isKnownLive } = verified
  if (method === 'POST') {
    const judged = await judgeBody(request, {
      policy: deps.policy,
      granted: access.scopes,
      isKnownLive,
      limit: MAX_BODY_BYTES,
    })
    return judged.ok ? { ...judged, access } : judged
  }
  // A method that we do not know could carry a call that we did not judge.
  const isBodiless = ['GET', 'HEAD', 'DELETE'].includes(method)
  return isBodiless ? { ok: true, access } : { ok: false, refusal: { kind: 'method-not-allowed' } }
}

function pass(
  request: Request,
  admitted: Authorized & { ok: true },
  corsHeaders: Pass['responseHeaders'],
  now: number,
): Pass {
  const headers = new Headers(request.headers)
  // The token is for us. Whatever the server does next, it cannot pass on what it does not have.
  headers.delete('authorization')
  headers.delete('dpop')
  const { access, bytes } = admitted
  const { method, signal } = request
  const isSubscription = method === 'GET' || admitted.soleMethod === 'subscriptions/listen'
  return {
    kind: 'pass',
    request: new Request(request.url, { method, headers, signal, ...(bytes !== undefined && { body: bytes }) }),
    body: admitted.value,
    access,
    responseHeaders: corsHeaders,
    streamSecondsLeft: isSubscription && access !== undefined ? access.expiresAt - now : undefined,
  }
}

function refuse(
  deps: AdmitDeps,
  request: Request,
  refusal: Refusal,
  corsHeaders: Readonly<Record<string, string>>,
): Admission {
  // Every first contact of every client comes without credentials: that is no news.
  if (refusal.kind !== 'no-credentials') deps.log({ code: refusalCode(refusal), detail: refusalDetail(refusal) })
  const response = buildRefusalResponse(refusal, {
    ...deps.context,
    scheme: schemeOf(request.headers.get('authorization')),
  })
  for (const [name, value] of Object.entries(corsHeaders)) response.headers.set(name, value)
  if (request.method !== 'HEAD') return { kind: 'answer', response }
  const { status, headers } = response
  return { kind: 'answer', response: new Response(null, { status, headers }) }
}
