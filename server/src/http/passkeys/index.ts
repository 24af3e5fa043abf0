import type { RelyingParty } from '../../config/relying-party.ts'
import type { Challenges } from '../../keys/challenges.ts'
import type { Passkey, Passkeys } from '../../store/passkeys.ts'
import type { AuthenticateDeps, Authentication } from '../authenticate.ts'
import type { SignInTries } from '../sign-in-tries.ts'
import { createAssertions } from './assertions.ts'
import { createEnrolments, type Enrolment } from './enrolments.ts'

export interface PasskeyDeps {
  readonly party: RelyingParty
  readonly challenges: Challenges
  readonly passkeys: Pick<Passkeys, 'find' | 'use' | 'add'>
  readonly signInTries: SignInTries
  readonly report: AuthenticateDeps['report']
}

/** Whose passkey is to be made. */
export interface PasskeyOwner {
  readonly accountId: string
  readonly login: string
  /** What an authenticator must not hold already. */
  readonly existing: readonly Passkey[]
}

/**
 * What pages ask authenticators for, and what they make of the answers. A `binding` says what a challenge is for: an answer
 * counts for that alone, and once.
 */
export interface PasskeyCeremonies {
  /**
   * Options of a sign-in, as JSON.
   * @param allowed passkeys that will do; any of this server where left out, and then nothing tells whose there are
   */
  requestOptions(binding: readonly string[], allowed?: readonly Passkey[]): Promise<string>
  /** Judges a signature. A refusal is told to the operator. @param owner id of the one account it may be of */
  prove(credential: string, binding: readonly string[], owner?: string): Promise<Authentication>
  /** Options of a new passkey, as JSON. */
  creationOptions(binding: readonly string[], owner: PasskeyOwner): Promise<string>
  /** Takes a new passkey. A refusal is told to the operator. */
  enrol(credential: string, enrolment: Enrolment): Promise<{ readonly ok: boolean }>
}

export function createPasskeyCeremonies(deps: PasskeyDeps): PasskeyCeremonies {
  return { ...createAssertions(deps), ...createEnrolments(deps) }
}
