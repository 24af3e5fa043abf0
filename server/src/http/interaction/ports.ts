import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Acr } from '../../config/authentication-class.ts'
import type { LifetimeSettings } from '../../config/settings.ts'
import type { Accounts } from '../../store/accounts.ts'
import type { ConsentList } from '../../store/consent-list.ts'
import type { Consents } from '../../store/consents.ts'
import type { Database } from '../../store/database.ts'
import type { Passkeys } from '../../store/passkeys.ts'
import type { ResourceRegistry } from '../../store/resource-registry.ts'
import type { Sessions } from '../../store/sessions.ts'
import type { SignedInBy } from '../../store/sign-in-proof.ts'
import type { ListedClient } from '../known-clients/known-clients.ts'
import type { Pages } from '../pages/index.ts'
import type { PasskeyCeremonies } from '../passkeys/index.ts'
import type { SignInTries } from '../sign-in-tries.ts'

/** An authorization request that waits for a person, as the pages see it. */
export interface Pending {
  readonly uid: string
  readonly prompt: 'login' | 'consent'
  readonly clientId: string
  /** Version of the client document that the authorization began with; undefined for a registered client. */
  readonly clientDigest: string | undefined
  readonly redirectUri: string
  readonly resourceUri: string
  readonly newScopes: readonly string[]
  readonly scopes: readonly string[]
  readonly resourceDefaulted: boolean
  readonly session: { readonly uid: string; readonly accountId: string } | undefined
  /** The weakest class that the person may sign in by; undefined where the client asks for none. */
  readonly neededAcr: Acr | undefined
  /** Account that has just proven itself on the sign-in page, before it becomes the session's. */
  readonly signedIn: string | undefined
  /** The person has said yes or no: the client is next. */
  readonly decided: boolean
  readonly loginHint: string | undefined
  readonly nextPath: string
  readonly formToken: string
}

/** The engine's side of an interaction. */
export interface PendingInteractions {
  find(uid: string): Promise<Pending | undefined>
  checkFormToken(pending: Pending, token: string): boolean
  signIn(pending: Pending, person: SignedInBy): Promise<void>
  agree(pending: Pending): Promise<void>
  refuse(pending: Pending): Promise<void>
  /** Tells the client that nobody signs in as surely as it asks. */
  refuseAuthentication(pending: Pending): Promise<void>
  forgetPerson(pending: Pending): Promise<void>
}

/** The browser's sign-in session outside of an interaction. */
export interface SignedIn {
  readonly uid: string
  readonly accountId: string
  readonly login: string
  readonly formToken: string
}

export interface BrowserSessions {
  find(req: IncomingMessage, res: ServerResponse): Promise<SignedIn | undefined>
  checkFormToken(session: SignedIn, token: string): boolean
  end(session: SignedIn, req: IncomingMessage, res: ServerResponse): Promise<void>
  endAll(session: SignedIn, req: IncomingMessage, res: ServerResponse): Promise<void>
  openSignIn(): string
  checkSignIn(token: string): boolean
  signIn(person: SignedInBy, req: IncomingMessage, res: ServerResponse): Promise<boolean>
}

/** What is known of a client beyond what it says of itself. */
export interface KnownClient {
  readonly name: string
  readonly preRegistered: boolean
  /** Host that its document was fetched from; undefined for a registered client. */
  readonly documentHost: string | undefined
}

/** One thing that two versions of a client document say differently. */
export type ClientChange =
  | { readonly kind: 'name'; readonly before: string; readonly now: string }
  | { readonly kind: 'redirects'; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly kind: 'method'; readonly signs: boolean }
  | { readonly kind: 'keys'; readonly added: number; readonly removed: number }
  | { readonly kind: 'keys-place'; readonly before: string | undefined; readonly now: string | undefined }

/** What the pages of interactions need; each page takes what it calls. */
export interface InteractionDeps {
  readonly interactions: PendingInteractions
  readonly browserSessions: BrowserSessions
  readonly describeClient: (client: Pick<Pending, 'clientId' | 'clientDigest'>) => Promise<KnownClient | undefined>
  /** @returns undefined where one of the versions is not here any more */
  readonly describeChanges: (versions: {
    clientId: string
    before: string
    now: string
  }) => Promise<readonly ClientChange[] | undefined>
  /** Clients that pages may call known; none where the operator wants it so. */
  readonly knownClients: readonly ListedClient[]
  readonly registry: ResourceRegistry
  readonly accounts: Pick<Accounts, 'findForSignIn' | 'setPasswordHash'>
  readonly consents: Consents
  readonly consentList: ConsentList
  readonly sessions: Pick<Sessions, 'findByUid'>
  readonly database: Database
  /** Without a hash it takes as long and is false: the time does not tell which logins exist. */
  readonly verifyPassword: (password: string, hash: string | undefined) => Promise<boolean>
  readonly hashPassword: (password: string) => Promise<string>
  readonly signInTries: SignInTries
  readonly passkeys: Pick<Passkeys, 'list' | 'remove'>
  /** Undefined where browsers make no passkeys for the issuer's host. */
  readonly passkeyCeremonies: PasskeyCeremonies | undefined
  readonly pages: Pages
  readonly issuerHost: string
  readonly basePath: string
  readonly lifetimes: LifetimeSettings
  readonly privateUseRedirects: readonly string[]
  readonly report: (level: 'warn', message: string, detail: Readonly<Record<string, unknown>>) => void
  /** Seconds since 1970. */
  readonly now: () => number
}
