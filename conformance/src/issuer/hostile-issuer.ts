import type { Exchange } from '../wire/message.ts'

/** What a minted token differs in from a sound one. A member that is undefined is left out of the token. */
export interface MintChange {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
  /**
   * How it is signed: with the issuer's current key unless said otherwise.
   * `none` no signature · `public-key-as-secret` HS256 keyed with the PEM of the public key · `stranger` a key that was never
   * published · `other-curve` ES384 · `rotated` a key that has just been published · `retired` one that no longer is
   */
  readonly signature?: 'none' | 'public-key-as-secret' | 'stranger' | 'other-curve' | 'rotated' | 'retired'
  /** Bends the finished compact form, for what no library would write. */
  readonly bend?: (compact: string) => string
}

/** An issuer in the examiner's process. */
export interface HostileIssuer {
  /** Issuer identifier, without a slash at the end. */
  readonly issuer: string
  /** A sound access token (RFC 9068) for `audience`, five minutes long, changed as asked. */
  mint(audience: string, change?: MintChange): Promise<string>
  /** Answers of the introspection endpoint: tokens named here are inactive. */
  revoke(token: string): void
  /** Stops or starts answering for keys and metadata. */
  setReachable(reachable: boolean): void
  /** Makes a new signing key the current one and publishes it; the one before is no longer published. */
  rotate(): Promise<void>
  /** What the subject asked the issuer for, in order. */
  readonly asked: readonly Exchange['request'][]
  close(): Promise<void>
}
