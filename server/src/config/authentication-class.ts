import { relyingPartyOf } from './relying-party.ts'

/**
 * How surely a person was recognised, in the words that clients and resources use for it.
 * @see RFC 9470 §4, RFC 6711, OpenID Connect Extended Authentication Profile ACR Values 1.0 (`phr`)
 */
export const ACR = {
  /** A password, over TLS. @see SAML 2.0 Authentication Context §3.4.9 */
  password: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  /** A passkey whose authenticator verified the person: nothing that could be given away to a site that looks like this one. */
  passkey: 'phr',
} as const

export type Acr = (typeof ACR)[keyof typeof ACR]

const WEAKEST_FIRST: readonly Acr[] = [ACR.password, ACR.passkey]

/** The classes that people can sign in by, weakest first. What is advertised is what is asked for and honoured. */
export function supportedAcrs(issuer: string): readonly Acr[] {
  return relyingPartyOf(issuer) === undefined ? [ACR.password] : WEAKEST_FIRST
}

export type AcrJudgement =
  | { readonly kind: 'met' }
  /** The person has to sign in by this class or a stronger one. */
  | { readonly kind: 'unmet'; readonly needed: Acr }
  /** Nothing of what was asked for exists here. */
  | { readonly kind: 'unknown' }

/**
 * Judges what a client asks for against how the person signed in. Any one of the classes will do, and a stronger one stands
 * for a weaker one.
 * @param asked values of `acr_values`; undefined when nothing was asked for
 * @param has class of the sign-in session; undefined for nobody
 * @see RFC 9470 §4, §5
 */
export function judgeAcr(
  asked: readonly string[] | undefined,
  has: string | undefined,
  supported: readonly Acr[],
): AcrJudgement {
  if (asked === undefined) return { kind: 'met' }
  const needed = supported.find((acr) => asked.includes(acr))
  if (needed === undefined) return { kind: 'unknown' }
  return rank(has) >= rank(needed) ? { kind: 'met' } : { kind: 'unmet', needed }
}

function rank(acr: string | undefined): number {
  const known: readonly (string | undefined)[] = WEAKEST_FIRST
  return known.indexOf(acr)
}
