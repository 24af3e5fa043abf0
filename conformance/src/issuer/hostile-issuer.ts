import type { JWK } from 'jose'
import type { Exchange } from '../wire/message.ts'
import type { TokenExchange } from './exchange.ts'

/**
 * How a minted token is signed. With the issuer's current ES256 key unless said otherwise.
 *
 * `none` no signature · `public-key-as-secret` HS256 keyed with the PEM of the public key · `public-jwk-as-secret` the same
 * with the text of the published JWK · `stranger` a key that was never published · `other-curve` ES384 with the published
 * P-384 key · `mislabelled` the P-384 key under the name ES256 · `rotated` a key that has just been published beside the
 * others · `retired` one that no longer is
 */
export type MintSignature =
  | 'none'
  | 'public-key-as-secret'
  | 'public-jwk-as-secret'
  | 'stranger'
  | 'other-curve'
  | 'mislabelled'
  | 'rotated'
  | 'retired'

/** What a minted token differs in from a sound one. A member that is undefined is left out of the token. */
export interface MintChange {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  readonly signature?: MintSignature
  /** Bends the text of the payload before it is signed, for JSON that no library would write. */
  readonly bendPayload?: (json: string) => string
  /** Bends the finished compact form, for what no library would write. */
  readonly bend?: (compact: string) => string
}

/** An issuer in the examiner's process. */
export interface HostileIssuer {
  /** Issuer identifier, without a slash at the end. */
  readonly issuer: string
  /** Where its keys are published. */
  readonly jwksUri: string
  /** The public part of the current signing key, as it is published. */
  readonly publicKey: JWK
  /** The public part of the key that `stranger` signs with, which is published nowhere. */
  readonly strangerKey: JWK
  /** A sound access token (RFC 9068) for `audience`, five minutes long, changed as asked. */
  mint(audience: string, change?: MintChange): Promise<string>
  /**
   * From now on the introspection endpoint calls the token inactive, and still tells its claims (which RFC 7662 §2.2 only
   * advises against), so that a server which does not read `active` has all it needs to go wrong.
   */
  revoke(token: string): void
  /** Stops or starts answering for keys, metadata and introspection. */
  setReachable(reachable: boolean): void
  /** Makes a new signing key the current one and publishes it; the one before is no longer published. */
  rotate(): Promise<void>
  /** Takes a key that `rotated` published out of the set again. */
  withdraw(kid: string): void
  /** What the subject asked the issuer for, in order. */
  readonly asked: readonly Exchange['request'][]
  /** Token exchanges that it was asked for, in order. */
  readonly exchanges: readonly TokenExchange[]
  /** Stops or starts exchanging tokens; everything else goes on. */
  setExchanging(open: boolean): void
  close(): Promise<void>
}
