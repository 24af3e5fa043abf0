import type { Downstream } from '../downstream/downstream.ts'
import type { HostileIssuer } from '../issuer/hostile-issuer.ts'
import type { McpSpeaker } from '../mcp/speaker.ts'
import type { Wire } from '../wire/wire.ts'
import type { RealTokens } from './real-tokens.ts'

/**
 * - `started`: the examiner started the server and told it to trust its own issuer.
 * - `trusting`: the server already trusts the examiner's issuer.
 * - `live`: the server trusts a real issuer, and the examiner has real tokens of it.
 */
export type Profile = 'started' | 'trusting' | 'live'

/** A call of a tool that the run was allowed to make. */
export interface AllowedCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

/** A service of the examiner's behind the server, and how it is reached through it. */
export interface DownstreamPart {
  readonly service: Downstream
  /** Identifier that tokens for it carry: its address, unless the operator named another. */
  readonly audience: string
  /** Calls of tools that reach it, which the operator named. */
  readonly calls: readonly AllowedCall[]
}

/** A protected resource metadata document, and where it was found. */
export interface FoundMetadata {
  readonly url: string
  readonly document: Readonly<Record<string, unknown>>
}

/** An MCP server as the checks see it. Facts that several checks need were found once, before the first. */
export interface ServerSubject {
  /** The URL as the operator typed it. */
  readonly url: string
  readonly profile: Profile
  readonly wire: Wire
  readonly mcp: McpSpeaker
  /** Undefined in `live`. */
  readonly issuer: HostileIssuer | undefined
  /** Where real tokens come from, in `live` where somebody signed in. */
  readonly tokens?: RealTokens | undefined
  /** The identifier that tokens for this server carry: `resource` of its metadata, else the URL. */
  readonly audience: string
  /** Protected resource metadata as a client would find it; undefined when there is none. */
  readonly metadata: FoundMetadata | undefined
  /**
   * A token that a sound server accepts: minted with every scope that is known, or the real one in `live`.
   * Undefined when the server accepts none, which makes every comparison with it `incomplete`.
   */
  readonly acceptedToken: string | undefined
  /** Why there is no accepted token, in words for the report. */
  readonly whyNoToken: string | undefined
  /** Scopes that the metadata or a challenge named. */
  readonly scopes: readonly string[]
  /** What the accepted token may do, where its issuer said so; else `scopes`. */
  readonly grantedScopes?: readonly string[] | undefined
  /** Calls that the run may make; everything else is not called. */
  readonly allowedCalls: readonly AllowedCall[]
  /** Undefined where the server was not set up to call one. */
  readonly downstream: DownstreamPart | undefined
}
