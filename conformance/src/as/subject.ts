import type { AuthorizationServer, OAuthClient } from '../oauth/authorization-server.ts'
import type { Exchange, WireAnswer } from '../wire/message.ts'
import type { Clients } from './clients.ts'
import type { DocumentHost } from './document-host.ts'
import type { EvidenceWire } from './evidence-wire.ts'
import type { Flow } from './flow.ts'

/** What one of the addresses of the metadata answered. */
export interface MetadataPlace {
  readonly url: string
  /** Undefined where nothing came back. */
  readonly answer: WireAnswer | undefined
  /** The metadata, if it is there: 200 and a JSON object. */
  readonly document: Readonly<Record<string, unknown>> | undefined
}

/** The MCP server as a client of the authorization server, and where it may exchange tokens to. */
export interface ExchangeParty {
  readonly client: OAuthClient
  readonly resource: string | undefined
}

/** An authorization server as the checks see it. Facts that several checks need are found once in a run. */
export interface AuthorizationServerSubject {
  /** Issuer identifier as the operator typed it. */
  readonly issuer: string
  readonly wire: EvidenceWire
  /** The wire of whichever check runs, for what outlives one. */
  readonly relay: EvidenceWire
  /** How the metadata was read. */
  readonly met: readonly Exchange[]
  /** Every address at which a client looks for the metadata. */
  readonly places: readonly MetadataPlace[]
  /** The first of them that has it. */
  readonly server: AuthorizationServer | undefined
  readonly clients: Clients
  /** The MCP server that tokens are asked for. */
  readonly resource: string | undefined
  /** Another one that the authorization server knows. */
  readonly otherResource: string | undefined
  readonly scopes: readonly string[]
  /** Scopes that a later request adds. */
  readonly stepUpScopes: readonly string[]
  /** Undefined without a login. */
  readonly flow: Flow | undefined
  readonly exchange: ExchangeParty | undefined
  /** Undefined unless the operator gave the examiner a name for documents. */
  readonly documentHost: DocumentHost | undefined
  /** Waits, for checks that have to outlast something. */
  readonly wait: (milliseconds: number) => Promise<unknown>
}
