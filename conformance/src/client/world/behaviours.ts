import type { Header } from '../../wire/message.ts'

/** Who is at an origin: the MCP server, the authorization server it names, and somebody else, who has no business here. */
export type PartyName = 'server' | 'issuer' | 'other'

/** What is at an address. */
export type Place =
  | 'endpoint'
  | 'resource-metadata'
  | 'issuer-metadata'
  | 'register'
  | 'authorize'
  | 'token'
  /** Nothing is there. */
  | 'nowhere'

/** A request of a client, as far as a world looks at it. */
export interface Asked {
  readonly party: PartyName
  readonly method: string
  readonly url: URL
  readonly headers: readonly Header[]
  readonly body: string
  /** Of the query of a GET, of the form of a POST. */
  readonly parameters: URLSearchParams
  /** The body as a JSON object; empty for what is none. */
  readonly json: Readonly<Record<string, unknown>>
}

/** An object is written as JSON. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string
}

/** What a client was given, behind an authorization code and behind each token that came of it. */
export interface Grant {
  readonly issuedBy: PartyName
  readonly clientId: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
}

export interface RegisteredClient {
  readonly registeredAt: PartyName
  readonly method: string
  readonly secret: string | undefined
}

/** What the parties of one world remember. */
export interface Memory {
  readonly clients: Map<string, RegisteredClient>
  readonly codes: Map<string, Grant>
  readonly accessTokens: Map<string, Grant>
  readonly refreshTokens: Map<string, Grant>
  /** Messages that want an answer and came with a token which some party of the world gave out. */
  carried: number
}

export type Refusal =
  | { readonly kind: 'no-token' }
  | { readonly kind: 'invalid-token' }
  | { readonly kind: 'insufficient-scope'; readonly scopes: readonly string[] }

/** A world that runs, as its behaviours see it. */
export interface World {
  /** URL of the MCP endpoint, which is the identifier of the protected resource too. */
  readonly server: string
  /** Issuer identifiers. */
  readonly issuer: string
  readonly other: string
  /** A file that exists only once something was executed. */
  readonly canary: string
  readonly memory: Memory
  /** The table: behaviours call each other through it, so that one can be replaced. */
  readonly does: Behaviours
}

/** What the MCP server of a world does. */
export interface ServerBehaviours {
  /** Scopes of the first challenge; empty names none. */
  readonly challengeScopes: readonly string[]
  endpoint(asked: Asked, world: World): Answer
  /** @returns why the request is refused; undefined lets it in */
  admit(asked: Asked, grant: Grant | undefined, world: World): Refusal | undefined
  /** Value of WWW-Authenticate. */
  challenge(refusal: Refusal, world: World): string
  /** Address that a challenge gives; undefined gives none. */
  resourceMetadataUrl(world: World): string | undefined
  /** Paths at the server that answer its metadata. */
  resourceMetadataPaths(world: World): readonly string[]
  resourceMetadata(world: World): Readonly<Record<string, unknown>>
  resourceMetadataAnswer(asked: Asked, world: World): Answer
}

/** What the authorization servers of a world do. */
export interface IssuerBehaviours {
  /** Path of the issuer identifier: empty, or such as `/tenant`. */
  readonly issuerPath: string
  readonly supportsClientDocuments: boolean
  /** The one way to authenticate at the token endpoint that is named and registered; undefined leaves it to the client. */
  readonly onlyAuthentication: string | undefined
  /** Paths that answer the metadata of an authorization server. */
  issuerMetadataPaths(issuer: string): readonly string[]
  issuerMetadata(party: PartyName, world: World): Readonly<Record<string, unknown>>
  issuerMetadataAnswer(asked: Asked, world: World): Answer
  register(asked: Asked, world: World): Answer
  authorize(asked: Asked, world: World): Answer
  /** Parameters of the authorization response; what is undefined is left out. */
  authorizationResponse(asked: Asked, world: World): Readonly<Record<string, string | undefined>>
  token(asked: Asked, world: World): Answer
  /** Whether a token answer has a refresh token. */
  readonly refreshes: boolean
}

/** All that the parties of a world do, one small function a question. A hostile world is the sound one with some replaced. */
export interface Behaviours extends ServerBehaviours, IssuerBehaviours {}

/** How a world differs from the sound one. */
export interface WorldChange {
  /** Lower case, words joined by `-`. */
  readonly name: string
  /** The scenario of the official suite that a client written for it should think it is in. */
  readonly official?: string
  patch(sound: Behaviours): Partial<Behaviours>
}

/** Identifier of a party as an issuer. */
export const issuerOf = (party: PartyName, { issuer, other }: World): string => (party === 'other' ? other : issuer)
