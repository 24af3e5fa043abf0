import type { MetadataSpelling } from '../oauth/find-authorization-server.ts'

/** Where something about a client was read, and what was read there. */
export interface ProfileSource {
  readonly url: string
  readonly says: string
}

/**
 * Where the answer of an authorization goes. `{server}` in a path stands for what the client derives from the URL of the MCP
 * server. A port that is given is the one the client always opens; else it opens another one each time.
 */
export type RedirectHabit =
  | { readonly kind: 'hosted' | 'private-use'; readonly uri: string }
  | {
      readonly kind: 'loopback'
      readonly host: 'localhost' | '127.0.0.1'
      readonly path: string
      readonly port?: number
    }

/** What the metadata must say for a client to choose this way. */
export type Need = 'documents' | 'none-listed' | 'iss-promised' | 'iss-unpromised'

type Members = Readonly<Record<string, unknown>>

/**
 * How the authorization server gets to know the client. `{redirect}` in a redirect URI stands for the one that is used, its port
 * included, `{server}` for the same as in a path, `{scope}` for the scopes of the MCP server.
 */
export type Identity =
  | {
      readonly way: 'document'
      readonly needs: readonly Need[]
      /** Where the client publishes it, which is its client id. */
      readonly url: string
      /** Its members, `client_id` left out. */
      readonly members: Members
      readonly redirect: RedirectHabit
      /** How it shows at the token endpoint who it is, best first: the first that the metadata lists is used. */
      readonly proofs: readonly ('private_key_jwt' | 'none')[]
    }
  | {
      readonly way: 'registration'
      readonly needs: readonly Need[]
      readonly metadata: Members
      readonly redirect: RedirectHabit
    }

/** Which scopes an authorization asks for. */
export interface ScopeHabit {
  /** Those of the MCP server, all that the authorization server lists, or none. */
  readonly asks: 'resource' | 'server' | 'none'
  /** Asked for where nobody names any. */
  readonly otherwise?: string
  readonly offlineAccess: 'never' | 'if-listed' | 'always'
  /** Whether `prompt=consent` goes with `offline_access`, as OpenID Connect wants it. */
  readonly prompts: boolean
}

/** Whether `resource` is sent, by kind of request; undefined where it is not known, which is replayed as not sent. */
export interface ResourceHabit {
  /** As the MCP server wrote it, or as a parser of URLs writes it: that adds a slash to a bare origin. */
  readonly spelling: 'verbatim' | 'parsed'
  readonly authorize: boolean
  readonly token: boolean
  readonly refresh: boolean | undefined
}

/**
 * What a client does when it is told that a scope is missing: it authorizes anew for all of them or for the missing one alone;
 * undefined where it is not known.
 */
export interface StepUpHabit {
  readonly asks: 'union' | 'missing'
  /** Whether it refreshes first where it can, which never widens anything. */
  readonly refreshesFirst: boolean
}

/** A client in service, as far as its sources tell. */
export interface ClientProfile {
  /** Lower case, words joined by `-`; stable, because reports and baselines name it. */
  readonly id: string
  readonly name: string
  /** When the sources were read. */
  readonly read: string
  readonly sources: readonly ProfileSource[]
  /** What it does otherwise than others, for who reads a table of them. */
  readonly differs: string
  /** What no source tells: the replay leaves it out, or does not take the step. */
  readonly unknown: readonly string[]
  readonly discovery: {
    readonly order: readonly MetadataSpelling[]
    /** Whether the metadata has to name the issuer letter by letter. */
    readonly comparesIssuer: boolean
  }
  /** In the order of its preference. */
  readonly identities: readonly Identity[]
  readonly scope: ScopeHabit
  readonly resource: ResourceHabit
  /** Whether it turns away an answer without the issuer, where the metadata promises one. */
  readonly checksIss: boolean
  /** Scopes that a refresh names. */
  readonly refreshScope: 'none' | 'granted'
  /** Whether it is known to present one refresh token twice in the same moment. */
  readonly refreshesTogether: boolean
  readonly stepUp: StepUpHabit | undefined
  /** Whether a registration is made anew where the port is another one. */
  readonly registersForEachPort: boolean
}
