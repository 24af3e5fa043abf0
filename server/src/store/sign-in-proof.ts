import type { Acr } from '../config/authentication-class.ts'
import { LOCAL_ISSUER } from './accounts.ts'
import type { Part } from './statement-builder.ts'

/** What a person signed in by. It proves them as long as the password is the same, or the passkey is still theirs. */
export type SignInProof =
  | { readonly kind: 'password'; readonly version: string }
  | { readonly kind: 'passkey'; readonly id: string }

/** Who signed in, and how. */
export interface SignedInBy {
  readonly accountId: string
  readonly acr: Acr
  /** @see RFC 8176 §2 */
  readonly amr: readonly string[]
  /** What proves them: a sign-in does not outlive a change of the password, or the removal of the passkey. */
  readonly proof: SignInProof
}

/** Finds a row while the proof counts. Locked, so that a change of the password, or the removal of the passkey, waits for this statement or is seen by it. */
export function holdProof(accountId: string, proof: SignInProof): Part {
  return {
    name: 'proof_held',
    sql: (place) =>
      proof.kind === 'password'
        ? `SELECT account_id FROM identities WHERE account_id = ${place(accountId)} AND issuer = '${LOCAL_ISSUER}'
             AND extract(epoch FROM password_changed_at)::text = ${place(proof.version)} FOR SHARE`
        : `SELECT account_id FROM passkeys WHERE account_id = ${place(accountId)} AND id = ${place(proof.id)}
             AND suspended_at IS NULL FOR SHARE`,
  }
}
