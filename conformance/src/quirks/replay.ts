import type { DocumentHost } from '../as/document-host.ts'
import type { EvidenceWire } from '../as/evidence-wire.ts'
import type { Browser, Person } from '../browser/browser.ts'
import type { AuthorizationRequest } from '../oauth/authorization-request.ts'
import type { AuthorizationServer, OAuthClient } from '../oauth/authorization-server.ts'
import type { TokenResponse } from '../oauth/token-request.ts'
import type { ClientProfile, Identity } from './profile.ts'

/** What the operator says of an authorization server before clients are replayed there. */
export interface ReplaySettings {
  readonly issuer: string
  /** Identifier of the MCP server that tokens are asked for. */
  readonly resource: string | undefined
  /** Scopes of the MCP server, as its metadata or its challenge would name them. */
  readonly scopes: readonly string[]
  /** Scopes that a later challenge names. */
  readonly stepUpScopes: readonly string[]
  readonly person: Person | undefined
  readonly documentHost: DocumentHost | undefined
  /** Where the MCP server answers; undefined where the token is judged by itself. */
  readonly mcp: string | undefined
  /** Clients that are registered already, by the id of their profile. */
  readonly known: ReadonlyMap<string, OAuthClient>
}

/** Tokens of a client, and the request that they came of. */
export interface Live {
  readonly client: OAuthClient
  readonly tokens: TokenResponse
  readonly request: AuthorizationRequest
}

/** What the client has found out and holds: each step goes on with what the ones before left. */
export interface Held {
  server?: AuthorizationServer
  identity?: Identity
  client?: OAuthClient
  granted?: { readonly request: AuthorizationRequest; readonly code: string }
  live?: Live | undefined
}

/** One client on its way through one authorization server. */
export interface Replay extends ReplaySettings {
  readonly profile: ClientProfile
  readonly wire: EvidenceWire
  /** Of the person, for the pages of this server. */
  readonly browserFor: (server: AuthorizationServer) => Browser
  /** Port that the client opened first, on loopback. */
  readonly port: number
  readonly held: Held
}
