import type { PublicKeySet } from './public-key-set.ts'
import type { Secret } from './secret.ts'

/** What one resource of the settings file says; the tools file has been read and is still to be parsed. */
export interface ResourceSettings {
  /** Short name in URLs, in the command line and in the registry: `[a-z0-9-]{1,64}`. */
  readonly id: string
  /** Canonical resource identifier: the one string that becomes `aud` (RFC 8707). */
  readonly uri: string
  /** What people read on the consent page. */
  readonly name: string
  /** Other spellings that mean this resource (`/mcp/`, the bare origin). */
  readonly aliases: readonly string[]
  /** The tools file as a plain object (see `parseToolsFile` of @sallyport/policy). */
  readonly tools: unknown
  /** Access token lifetime in seconds, where it differs from the defaults of the classes. */
  readonly accessTokenSeconds?: number
  /** Id of the client this server signs in with. */
  readonly ownerClient?: string
  /** Reached by exchange alone: nobody can authorize a client for it. */
  readonly exchangeOnly?: boolean
  /** Ids of the resources whose owner may exchange their tokens into this one. */
  readonly exchangeFrom?: readonly string[]
}

/** What one pre-registered client of the settings file says. */
export interface ClientSettings {
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
  /** Present for a confidential client (client_secret_basic or client_secret_post). */
  readonly secret?: Secret
  /** Present for a confidential client that signs in by key (private_key_jwt). */
  readonly jwks?: PublicKeySet
  /** Resource id that is meant when this client sends no `resource`. */
  readonly defaultResource?: string
  /** It gets no token without a proof of its key. */
  readonly dpopBoundAccessTokens?: boolean
  /** It must push its authorization requests. */
  readonly requirePushedRequests?: boolean
}

/** Clients that are identified by the URL of their own metadata document. */
export interface ClientDocumentSettings {
  /** Whose documents are taken: everybody's, those of the trusted hosts, or nobody's. */
  readonly mode: 'open' | 'trusted' | 'off'
  /** Hosts, with a port where it is not 443, whose clients the operator vouches for. Compared whole. */
  readonly trustedHosts: readonly string[]
  /** Hosts, or `*.` and a name, whose documents are never taken. See `findDenial`. */
  readonly deniedHosts: readonly string[]
  /** Whether pages tell clients that are known to this version from others. */
  readonly knownClients: boolean
}

/** All lifetimes in seconds. */
export interface LifetimeSettings {
  readonly codeSeconds: number
  readonly accessTokenSeconds: number
  readonly accessTokenElevatedSeconds: number
  readonly refreshIdleSeconds: number
  readonly refreshAbsoluteSeconds: number
  readonly refreshGraceSeconds: number
  readonly signInSessionSeconds: number
  readonly elevationSessionSeconds: number
  readonly interactionSeconds: number
}

/** What the operator opens for outgoing requests; nothing unless said. */
export interface EgressSettings {
  /** `host:port` that may be private and plain http, for URLs of the settings alone. */
  readonly allow: readonly string[]
  /** URL of a proxy that takes CONNECT, with its user and password if it wants them. */
  readonly proxy: Secret | undefined
  /** Further root certificates, each in PEM. */
  readonly ca: readonly string[]
}

/** Who may register clients: everybody, who has the token, or nobody. */
export type RegistrationSettings =
  | { readonly mode: 'open' | 'off' }
  | { readonly mode: 'token'; readonly initialAccessToken: Secret }

/** The one configuration of a process: typed, complete, frozen. Nothing else reads the file or the environment. */
export interface Settings {
  /** `dev` allows http on loopback and generated secrets; `serve` refuses both. */
  readonly mode: 'dev' | 'serve'
  /** Issuer identifier, byte for byte; never with a trailing slash. */
  readonly issuer: string
  readonly listen: { readonly host: string; readonly port: number }
  readonly management: { readonly host: string; readonly port: number }
  /** Absolute path. */
  readonly dataDir: string
  readonly databaseUrl: Secret | undefined
  readonly databasePoolSize: number
  readonly logLevel: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /** CIDRs whose X-Forwarded-For and -Proto are believed. */
  readonly trustedProxies: readonly string[]
  /** Each 32 bytes in base64. The first encrypts, all decrypt. Empty in `dev` until the data folder supplied them. */
  readonly encryptionKeys: readonly Secret[]
  /** The first signs cookies, all verify. */
  readonly cookieKeys: readonly Secret[]
  readonly signingAlgorithm: 'ES256' | 'EdDSA'
  readonly lifetimes: LifetimeSettings
  readonly registration: RegistrationSettings
  readonly clientDocuments: ClientDocumentSettings
  /** Tokens that are bound to a key of the client. */
  readonly dpop: { readonly requireNonce: boolean }
  /** Authorization requests that clients bring themselves. */
  readonly pushedRequests: { readonly required: boolean }
  /** `scheme://host` entries whose private-use redirect URIs are accepted, of dynamic registrations too. */
  readonly privateUseRedirects: readonly string[]
  readonly egress: EgressSettings
  readonly resources: readonly ResourceSettings[]
  readonly clients: readonly ClientSettings[]
  readonly demo: { readonly port: number; readonly downstreamPort: number; readonly password: Secret | undefined }
}
