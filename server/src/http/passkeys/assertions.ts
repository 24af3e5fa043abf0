import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { ACR } from '../../config/authentication-class.ts'
import type { KnownChallenge } from '../../keys/challenges.ts'
import { CLONED_CODE, type Passkey, type PasskeyForSignIn, type PasskeyUse } from '../../store/passkeys.ts'
import type { SignedInBy } from '../../store/sign-in-proof.ts'
import { currentUnit } from '../../store/unit-of-work.ts'
import { reportRefusal, SIGN_IN_CODES } from '../authenticate.ts'
import { type Assertion, readAssertion } from './credential.ts'
import type { PasskeyCeremonies, PasskeyDeps } from './index.ts'

/** A person looks for their telephone first, and a page may be open for a while before that. */
export const CHALLENGE_SECONDS = 600

/** Why a signature proves nobody. For the log: a stranger must not learn which passkeys there are. */
export type AssertionRefusal =
  | { readonly why: 'malformed' | 'challenge' | 'unknown' | 'foreign' | 'suspended' | 'account-disabled' }
  | { readonly why: 'not-verified'; readonly detail: string }
  | { readonly why: Exclude<PasskeyUse, 'used'> }

type Judged =
  | ({ readonly ok: true } & SignedInBy)
  | ({ readonly ok: false; readonly reason: 'passkey' } & AssertionRefusal)

// It has the key, and its authenticator knows the person by what they know or are. @see RFC 8176 §2
const AMR = ['pop', 'mfa'] as const

export function createAssertions(deps: PasskeyDeps): Pick<PasskeyCeremonies, 'requestOptions' | 'prove'> {
  const { party, challenges, signInTries, report } = deps
  return {
    async requestOptions(binding, allowed = []) {
      const options = await generateAuthenticationOptions({
        rpID: party.id,
        challenge: Uint8Array.from(challenges.issue(binding, CHALLENGE_SECONDS)),
        timeout: CHALLENGE_SECONDS * 1_000,
        userVerification: 'required',
        allowCredentials: allowed.map(descriptorOf),
      })
      return JSON.stringify(options)
    },
    async prove(text, binding, owner) {
      const posted = readAssertion(text)
      const challenge = posted && challenges.check(binding, posted.challenge)
      const outcome =
        posted === undefined || challenge === undefined
          ? refuse({ why: posted === undefined ? 'malformed' : 'challenge' })
          : await signInTries.judge({ passkey: posted.credential.id }, () =>
              judge(posted.credential, { text: posted.challenge, ...challenge }, owner, deps),
            )
      if (outcome.ok) return outcome
      if (outcome.reason === 'too-many') reportRefusal(SIGN_IN_CODES['too-many'], report)
      else reportRefusal(SIGN_IN_CODES.passkey, report, explain(outcome))
      return outcome.reason === 'too-many' ? outcome : { ok: false, reason: 'passkey' }
    },
  }
}

/** What a browser looks for it by. */
export function descriptorOf({ credentialId, transports }: Passkey) {
  return { id: credentialId, transports: [...transports] }
}

async function judge(
  credential: Assertion,
  challenge: KnownChallenge & { readonly text: string },
  owner: string | undefined,
  deps: PasskeyDeps,
): Promise<Judged> {
  const passkey = await deps.passkeys.find(credential.id)
  if (passkey === undefined) return refuse({ why: 'unknown' })
  const refused = refuseOwner(passkey, credential, owner)
  if (refused !== undefined) return refuse({ why: refused })
  const verified = await verify(credential, challenge.text, passkey, deps)
  if (!verified.ok) return refuse({ why: 'not-verified', detail: verified.detail })
  const { correlationId } = currentUnit()
  const used = await deps.passkeys.use(passkey, verified.counter, challenge, correlationId)
  if (used !== 'used') return refuse({ why: used })
  const { accountId, id } = passkey
  return { ok: true, accountId, acr: ACR.passkey, amr: AMR, proof: { kind: 'passkey', id } }
}

function refuseOwner(
  passkey: PasskeyForSignIn,
  { response }: Assertion,
  owner: string | undefined,
): 'foreign' | 'suspended' | 'account-disabled' | undefined {
  const { accountId } = passkey
  const handle = response.userHandle && Buffer.from(response.userHandle, 'base64url').toString()
  if ((owner !== undefined && owner !== accountId) || (handle !== undefined && handle !== accountId)) return 'foreign'
  if (passkey.suspendedAt !== undefined) return 'suspended'
  return passkey.isOfDisabledAccount ? 'account-disabled' : undefined
}

type Verified = { readonly ok: true; readonly counter: number } | { readonly ok: false; readonly detail: string }

/** @see Web Authentication Level 3 §7.2 */
async function verify(
  credential: Assertion,
  expectedChallenge: string,
  passkey: PasskeyForSignIn,
  { party }: PasskeyDeps,
): Promise<Verified> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...credential, response: withoutHandle(credential.response) },
      expectedChallenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      // Whether the counter moved on is decided where it is kept: two requests at once would both find the old one.
      credential: { id: passkey.credentialId, publicKey: passkey.publicKey, counter: 0 },
    })
    return verified ? { ok: true, counter: authenticationInfo.newCounter } : { ok: false, detail: 'wrong signature' }
  } catch (error) {
    return { ok: false, detail: String(error) }
  }
}

/** Whose it is was compared before. */
function withoutHandle({ userHandle: _compared, ...response }: Assertion['response']) {
  return response
}

function refuse(refusal: AssertionRefusal): { readonly ok: false; readonly reason: 'passkey' } & AssertionRefusal {
  return { ok: false, reason: 'passkey', ...refusal }
}

function explain(refusal: AssertionRefusal): Readonly<Record<string, unknown>> {
  const copied = refusal.why === 'counter' ? { cause: CLONED_CODE } : {}
  return { why: refusal.why, ...('detail' in refusal ? { detail: refusal.detail } : {}), ...copied }
}
