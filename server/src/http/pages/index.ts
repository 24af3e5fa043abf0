import { createHash } from 'node:crypto'
import { Eta } from 'eta/core'
import { buildAccount, buildAccountSignIn } from './account.ts'
import { buildConsent } from './consent.ts'
import { buildContinueOn } from './continue-on.ts'
import { buildError } from './error.ts'
import type { Page } from './frame.ts'
import { MESSAGES } from './messages.ts'
import { buildConfirm, buildNewPasskey } from './passkey.ts'
import { PASSKEY_SCRIPT } from './passkey-script.ts'
import { buildSignIn } from './sign-in.ts'
import { buildSignedOut, buildSignOut } from './sign-out.ts'
import { STYLESHEET } from './stylesheet.ts'
import { TEMPLATES } from './templates/index.ts'
import type {
  AccountSignInView,
  AccountView,
  ConfirmView,
  ConsentView,
  ContinueView,
  ErrorView,
  NewPasskeyView,
  SignedOutView,
  SignInView,
  SignOutView,
} from './views.ts'

export { displayAddress } from './display-address.ts'
export { displayName } from './display-name.ts'
export { PAGE_HEADERS, PASSKEY_PAGE_HEADERS } from './headers.ts'
export { isDisguised } from './look-alikes.ts'
export { durationLabel } from './messages.ts'
export type * from './views.ts'

export interface PagesOptions {
  /** What the operator calls the server, in document titles; the issuer's host where absent. */
  readonly productName?: string
  /** Path of the issuer: '' or '/tenant', never with a slash at its end. */
  readonly basePath: string
  /** How long a permission "for this session" lasts, in seconds. */
  readonly elevationSessionSeconds?: number
}

/** The pages as functions from a view to a whole HTML document. Pure: same view, same document. */
export interface Pages {
  signIn(view: SignInView): string
  consent(view: ConsentView): string
  /** @throws RangeError when `next` is neither a path nor an http(s) address. */
  continueOn(view: ContinueView): string
  error(view: ErrorView): string
  signOut(view: SignOutView): string
  signedOut(view: SignedOutView): string
  accountSignIn(view: AccountSignInView): string
  account(view: AccountView): string
  confirm(view: ConfirmView): string
  newPasskey(view: NewPasskeyView): string
  readonly stylesheet: Asset
  /** Of the pages that talk to an authenticator. */
  readonly script: Asset
}

/** To be served at `path` as it is; the path changes with the body, so it may be cached for ever. */
export interface Asset {
  readonly path: string
  readonly body: string
  readonly contentType: string
}

const DEFAULT_ELEVATION_SESSION_SECONDS = 8 * 60 * 60
/** Enough of the digest that two releases never share an address. */
const ASSET_HASH_LENGTH = 16

/** Compiles every template once. */
export function createPages(options: PagesOptions): Pages {
  const { productName, basePath, elevationSessionSeconds = DEFAULT_ELEVATION_SESSION_SECONDS } = options
  const stylesheet = assetOf(basePath, 'style', 'css', STYLESHEET)
  const script = assetOf(basePath, 'passkey', 'js', PASSKEY_SCRIPT)
  const eta = compileTemplates()

  function render({ frame, template, content }: Page): string {
    const body = eta.render(`@${template}`, { ...content, messages: MESSAGES })
    const title = `${frame.title} · ${productName ?? frame.issuerHost}`
    const paths = { stylesheetPath: stylesheet.path, scriptPath: frame.hasScript === true ? script.path : undefined }
    return eta.render('@layout', { ...frame, title, body, ...paths, messages: MESSAGES })
  }

  return {
    signIn: (view) => render(buildSignIn(view)),
    consent: (view) => render(buildConsent(view, elevationSessionSeconds)),
    continueOn: (view) => render(buildContinueOn(view)),
    error: (view) => render(buildError(view)),
    signOut: (view) => render(buildSignOut(view)),
    signedOut: (view) => render(buildSignedOut(view)),
    accountSignIn: (view) => render(buildAccountSignIn(view)),
    account: (view) => render(buildAccount(view)),
    confirm: (view) => render(buildConfirm(view)),
    newPasskey: (view) => render(buildNewPasskey(view)),
    stylesheet,
    script,
  }
}

const CONTENT_TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' } as const

function assetOf(basePath: string, name: string, kind: keyof typeof CONTENT_TYPES, body: string): Asset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, ASSET_HASH_LENGTH)
  return { path: `${basePath}/assets/${name}-${hash}.${kind}`, body, contentType: CONTENT_TYPES[kind] }
}

function compileTemplates(): Eta {
  const eta = new Eta({ autoEscape: true, autoTrim: false, cache: true, rmWhitespace: false, useWith: false })
  for (const [name, template] of Object.entries(TEMPLATES)) eta.loadTemplate(`@${name}`, template)
  return eta
}
