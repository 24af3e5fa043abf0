import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import { detectRevision } from '../mcp/detect.ts'
import { createSpeaker } from '../mcp/http-speaker.ts'
import { type Revision, STATELESS_SINCE } from '../mcp/revision.ts'
import type { WireAnswer } from '../wire/message.ts'
import type { Wire } from '../wire/wire.ts'
import { bearerParameters, scopesIn } from './challenge.ts'
import { findMetadata } from './metadata-search.ts'
import type { RealTokens, TokensFor } from './real-tokens.ts'
import type { AllowedCall, DownstreamPart, FoundMetadata, Profile, ServerSubject } from './subject.ts'
import { findAcceptedToken, type Trial } from './token-search.ts'
import { readOnlyCalls } from './tool-list.ts'

/** What every check of a run knows of the server; a wire of its own makes a subject of it. */
export type ServerFacts = Omit<ServerSubject, 'wire'>

export interface MeetServer {
  readonly url: string
  readonly profile: Profile
  readonly issuer: HostileIssuer | undefined
  /** A real token, for `live`. */
  readonly token: string | undefined
  /** Where real tokens come from once the server is known; for `live` too. */
  readonly openTokens?: ((wire: Wire, target: TokensFor) => Promise<RealTokens | undefined>) | undefined
  /** Identifier of the server that the operator named; else the metadata and the URL say it. */
  readonly audience: string | undefined
  /** Revision that the operator named; else it is asked for. */
  readonly spec: Revision | undefined
  /** Scopes that the operator knows of. */
  readonly scopes: readonly string[]
  readonly allowedCalls: readonly AllowedCall[]
  readonly downstream: DownstreamPart | undefined
  /** Whose tools may be called besides: those that say they only read, all that need no arguments, or none. */
  readonly tools: 'none' | 'read-only' | 'all'
}

export interface MetServer {
  readonly facts: ServerFacts
  /** What was assumed or stood in the way, in sentences for the operator. */
  readonly notes: readonly string[]
}

/**
 * Finds the facts that checks share, as a client would: how the server refuses, its metadata, a token that it accepts,
 * the revision that it speaks.
 * @throws Unanswered when the server does not answer at all
 */
export async function meetServer(wire: Wire, options: MeetServer): Promise<MetServer> {
  const { url, spec } = options
  const refusal = await createSpeaker(url, spec ?? STATELESS_SINCE).call(wire, { method: 'tools/list' })
  const metadata = await findMetadata(wire, url, refusal)
  const scopes = knownScopes(refusal, metadata, options.scopes)
  const audiences = audiencesOf(options, metadata)
  const resource = resourceOf(options, audiences)
  const tokens = await options.openTokens?.(wire, { resource, issuers: issuersOf(metadata), scopes })
  const tried = tokens === undefined ? audiences : ([resource] as const)
  const trial = await findAcceptedToken(wire, { ...options, audiences: tried, tokens, scopes })
  const { revision, assumed } = await revisionOf(wire, url, spec, trial)
  const facts: ServerFacts = {
    url,
    profile: options.profile,
    mcp: trial.mcp ?? createSpeaker(url, revision),
    issuer: options.issuer,
    tokens,
    audience: trial.audience,
    metadata,
    acceptedToken: trial.token,
    whyNoToken: trial.why,
    scopes: trial.scopes,
    grantedScopes: trial.grantedScopes,
    downstream: options.downstream,
    allowedCalls: [...options.allowedCalls, ...readOnlyCalls(trial.tools, options.tools)],
  }
  return { facts, notes: [...assumed, ...(trial.why === undefined ? [] : [trial.why])] }
}

async function revisionOf(
  wire: Wire,
  url: string,
  spec: Revision | undefined,
  trial: Trial,
): Promise<{ revision: Revision; assumed: readonly string[] }> {
  if (trial.mcp !== undefined) return { revision: trial.mcp.revision, assumed: [] }
  if (spec !== undefined) return { revision: spec, assumed: [] }
  const detected = await detectRevision(wire, url, undefined)
  if (detected.kind === 'speaks') return { revision: detected.revision, assumed: [] }
  const reason = `it answered ${detected.answer.status} to a request without an accepted token`
  return {
    revision: STATELESS_SINCE,
    assumed: [
      `The server did not say which revision it speaks (${reason}): ${STATELESS_SINCE} is assumed; --spec names another.`,
    ],
  }
}

function knownScopes(
  refusal: WireAnswer,
  metadata: FoundMetadata | undefined,
  given: readonly string[],
): readonly string[] {
  const supported = metadata?.document.scopes_supported
  const listed = Array.isArray(supported) ? supported.filter((scope) => typeof scope === 'string') : []
  return [...new Set([...given, ...scopesIn(bearerParameters(refusal)?.get('scope')), ...listed])]
}

/**
 * What a real token is asked for. Metadata of another origin counts only where the operator says so: a server that names a
 * stranger's identifier would be handed tokens that are good there (RFC 9728 §7.3).
 */
function resourceOf({ url, audience }: MeetServer, audiences: readonly string[]): string {
  if (audience !== undefined) return audience
  const { origin } = new URL(url)
  return audiences.find((each) => URL.canParse(each) && new URL(each).origin === origin) ?? url
}

function issuersOf(metadata: FoundMetadata | undefined): readonly string[] {
  const issuers = metadata?.document.authorization_servers
  return Array.isArray(issuers) ? issuers.filter((issuer) => typeof issuer === 'string' && URL.canParse(issuer)) : []
}

/** Identifiers that tokens for the server may carry, the likelier first. */
function audiencesOf(
  { url, audience }: MeetServer,
  metadata: FoundMetadata | undefined,
): readonly [string, ...string[]] {
  if (audience !== undefined) return [audience]
  const resource = metadata?.document.resource
  return typeof resource === 'string' && resource !== url ? [resource, url] : [url]
}
