import type { Duration, ToolClass } from '@sallyport/policy'

/** On every page: where it comes from and which request it belongs to. */
export interface PageView {
  /** Host of the issuer, the first thing a person reads on every page. */
  readonly issuerHost: string
  /** Joins the page with the operator's log. */
  readonly correlationId: string
}

/** Who asks, and how much of it was verified. */
export interface ClientView {
  readonly clientId: string
  /** Cleaned of control and bidi characters, at most 64 characters. Not what the client calls itself if that is a disguise. */
  readonly name: string
  /** What it calls itself, cleaned, where the letters of that can pass for others. */
  readonly disguisedName?: string
  readonly verification: /** `known`: on the list of known clients, as one that answers to its own site or as a program on somebody's machine. */
    | { readonly kind: 'verified-domain'; readonly host: string; readonly known?: 'site' | 'program' }
    | { readonly kind: 'pre-registered' }
    | { readonly kind: 'unverified' }
}

export interface ResourceView {
  readonly name: string
  readonly uri: string
}

/** Where the answer goes. `display` is host[:port], or the scheme for private-use schemes. */
export interface RedirectView {
  readonly uri: string
  readonly kind: 'web' | 'loopback' | 'private-use'
  readonly display: string
}

export interface PermissionView {
  readonly scope: string
  /** A human sentence: "Read issues". */
  readonly description: string
  readonly tools: readonly string[]
  readonly toolClass: ToolClass
  /** Whether the box comes ticked. */
  readonly ticked: boolean
  /** The longest this permission can last, whatever the person chooses. */
  readonly longest: Duration
}

export interface SignInView extends PageView {
  readonly client: ClientView
  readonly resource: ResourceView
  /** Where the form posts to. */
  readonly action: string
  readonly csrf: string
  /** What the person typed before, on a second try. */
  readonly login?: string
  /** One sentence shown above the form and named in the title. */
  readonly error?: string
  /** Absent where there are no passkeys. */
  readonly passkey?: PasskeyView
  /** The app asks for a passkey: a password will not do. */
  readonly passkeyOnly?: PasskeyOnlyView
}

/** A form that an authenticator fills in. */
export interface PasskeyView {
  /** What the browser is asked with, as JSON. */
  readonly options: string
}

export interface PasskeyOnlyView {
  /** Where people add passkeys. */
  readonly accountPath: string
  /** Who is signed in here and has no passkey. */
  readonly withoutPasskey?: string
}

/** What is about to be done to passkeys, for which the person has to show once more who they are. */
export interface ConfirmView extends PageView {
  readonly login: string
  readonly action: string
  readonly csrf: string
  readonly wish: { readonly kind: 'add' } | { readonly kind: 'remove'; readonly id: string; readonly name: string }
  readonly error?: string
  /** Present where one of the person's passkeys is asked for, absent where the password is. */
  readonly passkey?: PasskeyView
  readonly accountPath: string
}

/** The last step before a passkey is made. */
export interface NewPasskeyView extends PageView {
  readonly login: string
  readonly action: string
  readonly csrf: string
  readonly passkey: PasskeyView
  /** Name that the field comes with. */
  readonly name: string
  readonly accountPath: string
}

export interface AccountPasskeyView {
  readonly id: string
  readonly name: string
  /** Seconds since 1970. */
  readonly createdAt: number
  /** Seconds since 1970; undefined for never. */
  readonly lastUsedAt: number | undefined
  readonly isSuspended: boolean
}

/** One thing about a client that is different since the person agreed to it; names and addresses are cleaned. */
export type ChangeView =
  | { readonly kind: 'name'; readonly before: string; readonly now: string }
  /** The two names differ in what cannot be shown. */
  | { readonly kind: 'name-unseen' }
  | { readonly kind: 'returns' | 'no-longer-returns'; readonly address: string }
  | { readonly kind: 'returns-more' | 'no-longer-returns-more'; readonly count: number }
  | { readonly kind: 'signs' | 'no-longer-signs' }
  | { readonly kind: 'keys'; readonly added: number; readonly removed: number }
  /** Where its keys are; undefined for its own document. */
  | { readonly kind: 'keys-place'; readonly before: string | undefined; readonly now: string | undefined }
  /** What was agreed to is not here any more. */
  | { readonly kind: 'unknown' }

export interface ConsentView extends PageView {
  readonly login: string
  /** "Not you?": posts `decision=switch` by its own button. */
  readonly action: string
  readonly csrf: string
  readonly client: ClientView
  readonly resource: ResourceView
  readonly redirect: RedirectView
  /** What is different about the client since this person agreed to it; absent where nothing is. */
  readonly changes?: readonly ChangeView[]
  /** Empty on the one-click page: then there are no boxes and no durations. */
  readonly newPermissions: readonly PermissionView[]
  readonly alreadyAllowed: readonly PermissionView[]
  readonly durations: readonly { readonly value: Duration; readonly label: string; readonly selected: boolean }[]
  /** The default resource was chosen by the server because the client named none. */
  readonly resourceWasDefaulted: boolean
  /** One sentence, e.g. "Choose at least one permission, or deny." */
  readonly error?: string
}

/** Moves on by itself (meta refresh) and has a link rel="next". */
export interface ContinueView extends PageView {
  readonly next: string
  /** Where the browser goes, when that is the client; absent between two pages of the server. */
  readonly clientName?: string
}

export interface ErrorView extends PageView {
  /** Heading in plain words. */
  readonly title: string
  /** What happened, generic. */
  readonly message: string
  /** What the person can do now. */
  readonly advice: string
  /** What exactly was wrong, for whoever looks after the app; shown small. */
  readonly reason?: string
  /** OAuth error code, shown small. */
  readonly error: string
  /** Our stable code, SALLYPORT_E_… */
  readonly code: string
}

export interface SignOutView extends PageView {
  readonly action: string
  readonly csrf: string
  readonly login: string
}

export type SignedOutView = PageView

/** Sign-in that belongs to no app's request. */
export interface AccountSignInView extends PageView {
  /** Where the form posts to. */
  readonly action: string
  readonly csrf: string
  /** What the person typed before, on a second try. */
  readonly login?: string
  readonly error?: string
  /** Absent where there are no passkeys. */
  readonly passkey?: PasskeyView
}

/** What a person allowed, and the forms to take it back. */
export interface AccountView extends PageView {
  readonly login: string
  /** Where every form posts to; its button says what is to change. */
  readonly action: string
  readonly signOutPath: string
  readonly csrf: string
  readonly clients: readonly AccountClientView[]
  /** Undefined where browsers make no passkeys for this server's host. */
  readonly passkeys: readonly AccountPasskeyView[] | undefined
  /** One sentence about the form before. */
  readonly error?: string
}

export interface AccountClientView {
  readonly client: ClientView
  readonly servers: readonly AccountServerView[]
}

export interface AccountServerView {
  readonly consentId: string
  readonly resource: ResourceView
  /** Seconds since 1970; undefined for never. */
  readonly lastUsedAt: number | undefined
  readonly permissions: readonly AccountPermissionView[]
}

export interface AccountPermissionView {
  readonly scope: string
  readonly description: string
  readonly toolClass: ToolClass
  /** Seconds since 1970; undefined where it lasts until taken back. */
  readonly endsAt: number | undefined
}
