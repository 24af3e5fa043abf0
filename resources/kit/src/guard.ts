import { initialScopes } from '@sallyport/policy'
import { type Access, authInfoOf, type TokenVerifier } from './access.ts'
import { type Admission, createAdmit } from './admit.ts'
import { ALLOWED_ALGORITHMS } from './algorithms.ts'
import type { ClientCredentials } from './exchange/client-assertion.ts'
import type { DownstreamToken } from './exchange/downstream-token.ts'
import type { ExchangeOptions } from './exchange/exchange-target.ts'
import { createExchanger, type ExchangeSubject, NO_EXCHANGER } from './exchange/exchanger.ts'
import { createHostAndOriginRules } from './http/host-and-origin.ts'
import { endStreamAfter } from './http/stream-expiry.ts'
import type { ProtectedResourceMetadata } from './http/well-known.ts'
import { createIssuerSource } from './issuer/issuer-source.ts'
import { type CallsDecision, decideCalls, onlyReads, scopesForTool, type ToolPolicy } from './mcp/decide-calls.ts'
import { metadataUrlOf } from './metadata-url.ts'
import { createProofVerifier } from './proof/verify-proof.ts'
import type { ProtectSettings } from './protect-options.ts'
import { createRevocationFeed } from './revocation/revocation-feed.ts'
import { IssuerUnavailableError, TokenRefusedError } from './token/token-refusal.ts'
import { type PresentedToken, type VerifiedToken, verifyAccessToken } from './token/verify-access-token.ts'

/** The server behind the guard. `access` is undefined only for `server/discover` under `publicDiscovery`. */
export type Next = (request: Request, access: Access | undefined) => Response | Promise<Response>

/** A protected resource, ready to be put in front of an MCP server. */
export interface Guard {
  /** The canonical resource identifier. */
  readonly resource: string
  /** The RFC 9728 document. */
  readonly metadata: ProtectedResourceMetadata
  /** Where the document is served. */
  readonly metadataUrl: string
  /** For servers that bring their own middleware; see `handle` for the whole. */
  readonly verifier: TokenVerifier
  /**
   * The scopes that a call of a tool needs: none if authentication is enough, undefined if no scope opens it.
   *
   * @param tool the name of the tool
   * @param args its arguments; no rule looks at them in this version
   */
  scopesFor(tool: string, args?: unknown): readonly string[] | undefined
  /**
   * Whether a call of a tool may run, as `handle` decides it: for tools that are reached in another way than by a
   * request through the guard.
   *
   * @param tool the name of the tool
   * @param granted the scopes of the access token
   */
  decideCall(tool: string, granted: readonly string[]): CallsDecision
  /**
   * Whether the issuer's metadata and keys are there, so that tokens can be judged. Where the issuer names no feed of
   * revocations, the log is told: tokens then count until they expire.
   */
  ready(): Promise<boolean>
  /**
   * Decides about a request without answering it: what adapters for other kinds of server build on.
   *
   * @param request the request as it came; its body is used up when it is a POST
   */
  admit(request: Request): Promise<Admission>
  /**
   * Answers a request, or hands it on without its Authorization header and answers what comes back.
   *
   * @param request the request as it came
   * @param next the MCP server
   */
  handle(request: Request, next: Next): Promise<Response>
  /**
   * A token for a downstream API, for the person whose call is being answered. The token of the call itself is for this
   * server alone and goes nowhere but to the issuer. Kept until one of the two expires, and asked for once however many
   * calls want it together.
   *
   * @param access who made the call: the `access` of `handle` and `admit`, or the SDKs' `authInfo`
   * @param options the downstream resource, and the scopes that are needed there
   * @throws ExchangeError with a code, and without any token
   * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2 RFC 8693 §2}
   */
  exchange(access: ExchangeSubject, options: ExchangeOptions): Promise<DownstreamToken>
}

/**
 * Wires a guard: the only place that constructs its parts.
 *
 * @param settings checked options
 * @param policy what is known about the tools
 * @param client the resource's own client, if it has one
 */
export function createGuard(
  settings: ProtectSettings,
  policy: ToolPolicy,
  client: ClientCredentials | undefined,
): Guard {
  const { issuer, resource, clock, log } = settings
  const scopes = policy.kind === 'tools-file' ? initialScopes(policy.toolsFile) : []
  const metadata = buildMetadata(settings, scopes)
  const metadataUrl = metadataUrlOf(resource)
  const source = createIssuerSource({
    issuer,
    clock,
    fetch: settings.fetch,
    onTrouble: (detail) => log({ code: 'SALLYPORT_E_ISSUER_UNAVAILABLE', detail }),
  })
  const expected = { issuer, resource, acceptJwtType: settings.acceptJwtType }
  const revocations = createRevocationFeed({ issuer, resource, source, clock, log, fetch: settings.fetch })
  const exchanger = client === undefined ? NO_EXCHANGER : createExchanger({ ...settings, client, source })
  const verifyProof = createProofVerifier({ resource, clock })
  const verify = async (presented: PresentedToken): Promise<VerifiedToken> => {
    const verified = await verifyAccessToken(presented, { source, expected, revocations, verifyProof, now: clock() })
    if (verified.kind === 'verified') exchanger.remember(verified.access, presented.token)
    return verified
  }
  const admit = createAdmit({
    verify,
    policy,
    log,
    clock,
    publicDiscovery: settings.publicDiscovery,
    rules: createHostAndOriginRules(resource, { hosts: settings.allowedHosts, origins: settings.allowedOrigins }),
    wellKnown: { metadata, source, isAloneOnOrigin: settings.rootMetadata, legacy: settings.legacy },
    context: { resourceMetadata: metadataUrl, initialScopes: scopes },
  })
  return {
    resource,
    metadata,
    metadataUrl,
    verifier: createVerifier(verify, policy),
    scopesFor: (tool) => scopesForTool(policy, tool),
    decideCall: (tool, granted) => decideCalls(policy, [{ method: 'tools/call', id: undefined, name: tool }], granted),
    ready: async () => {
      const isReady = await source.ready()
      if (isReady) await revocations.announce()
      return isReady
    },
    admit,
    handle: async (request, next) => {
      const admission = await admit(request)
      if (admission.kind === 'answer') return admission.response
      const response = await next(admission.request, admission.access)
      return finish(response, admission)
    },
    exchange: exchanger.exchange,
  }
}

function buildMetadata(settings: ProtectSettings, scopes: readonly string[]): ProtectedResourceMetadata {
  return Object.freeze({
    resource: settings.resource,
    authorization_servers: [settings.issuer],
    // Without tools there is nothing to ask for; an empty list would read as "no scope exists".
    ...(scopes.length > 0 && { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
    dpop_signing_alg_values_supported: ALLOWED_ALGORITHMS,
    ...(settings.resourceName !== undefined && { resource_name: settings.resourceName }),
  })
}

function createVerifier(
  verify: (presented: PresentedToken) => Promise<VerifiedToken>,
  policy: ToolPolicy,
): TokenVerifier {
  return {
    verifyAccessToken: async (token) => {
      // The SDKs hand on the token alone: what came with it, and whether one is bound, is out of sight.
      const verified = await verify({ token, scheme: 'Bearer', proof: null, method: 'POST' })
      switch (verified.kind) {
        case 'verified':
          // Which tool will be called is not known here, so that what the token could do decides.
          if (!verified.isKnownLive && !onlyReads(policy, verified.access.scopes)) throw new IssuerUnavailableError()
          return authInfoOf(verified.access)
        case 'refused':
          throw new TokenRefusedError(verified.refusal.reason)
        case 'unavailable':
          throw new IssuerUnavailableError()
        default:
          return verified satisfies never
      }
    },
  }
}

function finish(response: Response, admission: Extract<Admission, { kind: 'pass' }>): Response {
  const { streamSecondsLeft, responseHeaders } = admission
  const ending = streamSecondsLeft === undefined ? response : endStreamAfter(response, streamSecondsLeft)
  // Answers of fetch have frozen headers, so the answer is made anew.
  const { status, statusText } = ending
  const headers = new Headers(ending.headers)
  for (const [name, value] of Object.entries(responseHeaders)) {
    if (name === 'vary') headers.append(name, value)
    else headers.set(name, value)
  }
  return new Response(ending.body, { status, statusText, headers })
}
