import type { WireAnswer } from '../wire/message.ts'

/** Who signs in. */
export interface Person {
  readonly login: string
  readonly password: string
}

/** How a person answers the pages of one authorization. */
export interface Answers {
  readonly person: Person
  readonly decision: 'allow' | 'deny'
  /** Boxes of scopes to tick, and none other of them; left out, they stay as the page has them. */
  readonly scopes?: readonly string[]
  /** A choice of the form by name, such as `duration`, which stays as the page has it unless named here. */
  readonly choices?: Readonly<Record<string, string>>
}

/** Where one authorization request ended. */
export type Arrival =
  /** At the redirect URI, which was not called. `pages` are those that were shown on the way. */
  | { readonly kind: 'redirected'; readonly to: URL; readonly pages: readonly WireAnswer[] }
  /** At a page of the authorization server that leads nowhere: an error page. */
  | { readonly kind: 'refused'; readonly answer: WireAnswer; readonly pages: readonly WireAnswer[] }
  /** At a page that this browser cannot fill in; `why` says what it has not understood. */
  | { readonly kind: 'stuck'; readonly why: string; readonly answer: WireAnswer; readonly pages: readonly WireAnswer[] }

/** A browser of one person. Cookies stay between visits, so that a second authorization finds the person signed in. */
export interface Browser {
  /**
   * Opens an authorization request and answers its pages until it arrives somewhere.
   * @param url of the authorization request
   * @param redirectUri where it is expected to end; any URL whose scheme, host, port and path are those counts
   * @throws Unanswered
   */
  authorize(url: string, redirectUri: string, answers: Answers): Promise<Arrival>
}
