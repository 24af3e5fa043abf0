import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject } from '@simplewebauthn/server/helpers'
import type { KnownChallenge } from '../../keys/challenges.ts'
import type { PasskeyAddition } from '../../store/passkeys.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { reportRefusal, SIGN_IN_CODES } from '../authenticate.ts'
import { CHALLENGE_SECONDS, descriptorOf } from './assertions.ts'
import { type Attestation, readAttestation } from './credential.ts'
import type { PasskeyCeremonies, PasskeyDeps } from './index.ts'

/** A passkey that somebody means to add. */
export interface Enrolment {
  readonly accountId: string
  /** What the person calls it; cleaned. */
  readonly name: string
  /** What its challenge may have been made for; the first that fits counts. */
  readonly bindings: readonly { readonly binding: readonly string[]; readonly onlyAsFirst: boolean }[]
}

// ES256, EdDSA and RS256: what browsers and authenticators of today have. @see RFC 9053 §2, RFC 8812 §2
const ALGORITHMS = [-7, -8, -257]

type EnrolmentRefusal =
  | { readonly why: 'malformed' | 'challenge' | 'attestation' }
  | { readonly why: 'not-verified'; readonly detail: string }
  | { readonly why: Exclude<PasskeyAddition, 'added'> }

export function createEnrolments(deps: PasskeyDeps): Pick<PasskeyCeremonies, 'creationOptions' | 'enrol'> {
  const { party, challenges, report } = deps
  return {
    async creationOptions(binding, { accountId, login, existing }) {
      const options = await generateRegistrationOptions({
        rpID: party.id,
        rpName: party.id,
        userID: Uint8Array.from(Buffer.from(accountId)),
        userName: login,
        userDisplayName: login,
        challenge: Uint8Array.from(challenges.issue(binding, CHALLENGE_SECONDS)),
        timeout: CHALLENGE_SECONDS * 1_000,
        attestationType: 'none',
        excludeCredentials: existing.map(descriptorOf),
        // It has to find the account by itself: the sign-in page asks for no name before it.
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: ALGORITHMS,
      })
      return JSON.stringify(options)
    },
    async enrol(text, enrolment) {
      const refusal = await enrol(text, enrolment, deps)
      if (refusal === undefined) return { ok: true }
      reportRefusal(SIGN_IN_CODES.passkey, report, { ...refusal })
      return { ok: false }
    },
  }
}

async function enrol(text: string, enrolment: Enrolment, deps: PasskeyDeps): Promise<EnrolmentRefusal | undefined> {
  const posted = readAttestation(text)
  if (posted === undefined) return { why: 'malformed' }
  const made = enrolment.bindings
    .map(({ binding, onlyAsFirst }) => ({ onlyAsFirst, challenge: deps.challenges.check(binding, posted.challenge) }))
    .find((each): each is { onlyAsFirst: boolean; challenge: KnownChallenge } => each.challenge !== undefined)
  if (made === undefined) return { why: 'challenge' }
  const { credential } = posted
  if (!vouchesForItself(credential)) return { why: 'attestation' }
  const verified = await verify(credential, posted.challenge, deps)
  if (!verified.ok) return { why: 'not-verified', detail: verified.detail }
  const { accountId, name } = enrolment
  const { onlyAsFirst, challenge } = made
  const { id: credentialId, publicKey, counter } = verified.credential
  const { transports } = credential.response
  const passkey = { accountId, credentialId, publicKey, counter, transports, name, onlyAsFirst }
  const added = await deps.passkeys.add(passkey, challenge, currentUnit().correlationId)
  return added === 'added' ? undefined : { why: added }
}

/**
 * Nobody was asked for certificates, and a browser takes them out. The library would look up whether one that came all the
 * same was revoked, at an address that whoever posts it chose.
 * @see Web Authentication Level 3 §5.4.7 (none)
 */
function vouchesForItself({ response }: Attestation): boolean {
  try {
    const attestation = decodeAttestationObject(Uint8Array.from(Buffer.from(response.attestationObject, 'base64url')))
    const format = attestation.get('fmt')
    return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
  } catch {
    return false
  }
}

/** @see Web Authentication Level 3 §7.1 */
async function verify(response: Attestation, expectedChallenge: string, { party }: PasskeyDeps) {
  try {
    const result = await verifyRegistrationResponse({
      response: { ...response, response: { ...response.response, transports: [] } },
      expectedChallenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!result.verified) return { ok: false, detail: 'wrong attestation' } as const
    return { ok: true, credential: result.registrationInfo.credential } as const
  } catch (error) {
    return { ok: false, detail: String(error) } as const
  }
}
