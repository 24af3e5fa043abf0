import type { OAuthClient } from '../oauth/authorization-server.ts'
import type { LoginStore } from './login-store.ts'

/** The way in which a person signs in. */
export type Login =
  /** At the forms of the issuer, filled in by the examiner; without a password a stored login alone is used. */
  | { readonly way: 'form'; readonly name: string; readonly password: string | undefined }
  /** In the person's own browser. */
  | { readonly way: 'browser' }
  /** In any browser, by a code to type (RFC 8628). */
  | { readonly way: 'device' }

/** A client that may exchange tokens of the examined server, and for what. */
export interface ExchangeClient {
  readonly client: OAuthClient
  readonly resource: string
  readonly scope: string | undefined
}

/** How real tokens are got. */
export interface LiveOptions {
  /** The issuer that the operator named; else the first that the server's metadata names. */
  readonly issuer: string | undefined
  /** The client that the operator named; else one is registered. */
  readonly client: OAuthClient | undefined
  readonly login: Login
  /** Another server of the same issuer. */
  readonly otherResource: string | undefined
  readonly exchange: ExchangeClient | undefined
  /** Undefined keeps nothing. */
  readonly store: LoginStore | undefined
  /** What the person has to read: where to go, which code to type. */
  readonly tell: (line: string) => void
}

/** Where the examiner waits for the answer of a sign-in, unless its client has another address. */
export const REDIRECT_URI = 'http://127.0.0.1:8976/callback'

/** How a login is called in the store and to the person. */
export function nameOfLogin(login: Login): string {
  return login.way === 'form' ? `form:${login.name}` : login.way
}
