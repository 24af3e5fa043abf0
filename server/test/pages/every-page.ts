import type { Pages } from '../../src/http/pages/index.ts'
import * as samples from './sample-views.ts'

/** The sample views, in every shape a page has. */
export const VIEWS = {
  signIn: samples.signIn,
  signInAgain: { ...samples.signIn, login: 'alice', error: 'The user name or password is wrong.' },
  /** The first time, of a client whose document's host was verified and whose answer goes to its own site. */
  consentFirst: samples.firstConsent,
  /** A step-up: what is new as boxes, what was allowed before apart. */
  consent: samples.consent,
  consentAllClasses: {
    ...samples.consent,
    client: { ...samples.consent.client, clientId: 'c_7b1d', verification: { kind: 'unverified' } },
    redirect: { uri: 'cursor://anysphere.cursor-retrieval/callback', kind: 'private-use', display: 'cursor' },
    newPermissions: [
      samples.listRepositories,
      samples.readIssues,
      samples.createIssues,
      samples.fetchPages,
      samples.deleteBranches,
      samples.rotateSecrets,
    ],
    alreadyAllowed: [],
    resourceWasDefaulted: true,
    error: 'Choose at least one permission, or deny.',
  },
  /** Names without a blank, an address as long as any: they must break, not widen the page. */
  consentLongWords: {
    ...samples.consent,
    issuerHost: `auth.example.com.${'department.'.repeat(6)}internal`,
    login: 'a'.repeat(64),
    client: { ...samples.consent.client, name: 'W'.repeat(64), clientId: `https://x.dev/${'c'.repeat(200)}` },
    resource: { name: 'M'.repeat(64), uri: `https://mcp.example.com/${'segment'.repeat(30)}` },
    newPermissions: [{ ...samples.fetchPages, description: 'D'.repeat(80), tools: ['t'.repeat(64)] }],
  },
  /** A client whose document has changed since this person agreed to it, in every way it can. */
  consentChanged: samples.changedConsent,
  /** A client whose name passes for another, at a host that is not written in ASCII. */
  consentDisguised: samples.disguisedConsent,
  /** Clients of the list, that answer to their own site and on somebody's machine. */
  consentKnownSite: samples.knownSiteConsent,
  consentKnownProgram: samples.knownProgramConsent,
  oneClick: samples.oneClick,
  continueOn: samples.continueOn,
  moveOn: samples.moveOn,
  error: samples.error,
  signOut: samples.signOut,
  signedOut: samples.signedOut,
  accountSignIn: samples.accountSignIn,
  accountSignInAgain: { ...samples.accountSignIn, login: 'alice', error: 'The user name or password is wrong.' },
  account: samples.account,
  /** Of a server whose address is an IP address. */
  accountWithoutPasskeys: { ...samples.account, passkeys: undefined },
  signInByEither: samples.signInByEither,
  signInByPasskey: samples.signInByPasskey,
  signInByPasskeyFirst: {
    ...samples.signInByPasskey,
    passkeyOnly: { accountPath: '/account', withoutPasskey: 'alice' },
    error: 'That passkey was not accepted. Try once more.',
  },
  confirm: samples.confirm,
  confirmByPassword: samples.confirmByPassword,
  newPasskey: samples.newPasskey,
  /** Nothing was allowed, and a form was refused. */
  accountEmpty: {
    ...samples.account,
    clients: [],
    passkeys: [],
    error: 'That is not your current password. Nothing was changed.',
  },
} as const

export type Views = typeof VIEWS
export type PageName = keyof Views

/** Every page as HTML, by name. */
export function renderEvery(pages: Pages, views: Views = VIEWS): Record<PageName, string> {
  return {
    signIn: pages.signIn(views.signIn),
    signInAgain: pages.signIn(views.signInAgain),
    consentFirst: pages.consent(views.consentFirst),
    consent: pages.consent(views.consent),
    consentAllClasses: pages.consent(views.consentAllClasses),
    consentLongWords: pages.consent(views.consentLongWords),
    consentChanged: pages.consent(views.consentChanged),
    consentDisguised: pages.consent(views.consentDisguised),
    consentKnownSite: pages.consent(views.consentKnownSite),
    consentKnownProgram: pages.consent(views.consentKnownProgram),
    oneClick: pages.consent(views.oneClick),
    continueOn: pages.continueOn(views.continueOn),
    moveOn: pages.continueOn(views.moveOn),
    error: pages.error(views.error),
    signOut: pages.signOut(views.signOut),
    signedOut: pages.signedOut(views.signedOut),
    accountSignIn: pages.accountSignIn(views.accountSignIn),
    accountSignInAgain: pages.accountSignIn(views.accountSignInAgain),
    account: pages.account(views.account),
    accountWithoutPasskeys: pages.account(views.accountWithoutPasskeys),
    signInByEither: pages.signIn(views.signInByEither),
    signInByPasskey: pages.signIn(views.signInByPasskey),
    signInByPasskeyFirst: pages.signIn(views.signInByPasskeyFirst),
    confirm: pages.confirm(views.confirm),
    confirmByPassword: pages.confirm(views.confirmByPassword),
    newPasskey: pages.newPasskey(views.newPasskey),
    accountEmpty: pages.account(views.accountEmpty),
  }
}
