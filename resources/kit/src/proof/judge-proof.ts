import { ALLOWED_ALGORITHMS } from '../algorithms.ts'

/** Seconds that the clock of a client may be off by, in both directions: laptops are. A proof is good for no longer. */
export const PROOF_SKEW_SECONDS = 300

/** Characters; a UUID has 36. What is remembered of each proof has to have an end. */
export const MAX_PROOF_ID_LENGTH = 256

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

type Members = Readonly<Record<string, unknown>>

/**
 * Judges the header of a proof before its signature is checked with the key that it brings.
 *
 * @param header the decoded header
 * @returns why it proves nothing, or undefined
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449 §4.3}
 */
export function judgeProofHeader(header: Members): string | undefined {
  const { typ, alg, jwk, crit } = header
  if (typ !== 'dpop+jwt') return `header typ is ${JSON.stringify(typ) ?? 'missing'}`
  if (typeof alg !== 'string' || !ALLOWED_ALGORITHMS.includes(alg)) return `header alg is ${JSON.stringify(alg)}`
  if (crit !== undefined) return 'header crit names an extension that is not understood'
  if (typeof jwk !== 'object' || jwk === null) return 'header jwk is no key'
  const members = Object.keys(jwk)
  if (PRIVATE_MEMBERS.some((name) => members.includes(name))) return 'header jwk is not a public key'
  return undefined
}

/** What a proof has to be for. */
export interface ProofExpectation {
  readonly method: string
  /** The canonical resource identifier, which is the URL of the endpoint. */
  readonly resource: string
  /** SHA-256 of the access token it comes with, in base64url. */
  readonly tokenHash: string
}

export type JudgedProof =
  | { readonly ok: true; readonly id: string; readonly issuedAt: number }
  | { readonly ok: false; readonly detail: string }

/**
 * Judges the claims of a proof whose signature holds.
 *
 * @param claims the decoded payload
 * @param expected the request it came with
 * @param now seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-4.3 RFC 9449 §4.3}
 */
export function judgeProofClaims(claims: Members, expected: ProofExpectation, now: number): JudgedProof {
  const { jti, htm, htu, iat, ath } = claims
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_PROOF_ID_LENGTH) return refuse('jti', jti)
  if (htm !== expected.method) return refuse('htm', htm)
  if (!isEndpoint(htu, expected.resource)) return refuse('htu', htu)
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return refuse('iat', iat)
  if (Math.abs(now - iat) > PROOF_SKEW_SECONDS) return { ok: false, detail: `its clock is off by ${now - iat} seconds` }
  // Else a proof that was sent with another token, to the same endpoint, would serve a stolen one.
  if (ath !== expected.tokenHash) return refuse('ath', ath)
  return { ok: true, id: jti, issuedAt: iat }
}

// A proxy may stand in front of the server, so that only what the resource is called by counts, and not what it is asked as.
function isEndpoint(htu: unknown, resource: string): boolean {
  if (typeof htu !== 'string' || !URL.canParse(htu)) return false
  return endpointOf(htu) === endpointOf(resource)
}

function endpointOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/$/, '')
}

function refuse(name: string, value: unknown): JudgedProof {
  return { ok: false, detail: `claim ${name} is ${JSON.stringify(value) ?? 'missing'}` }
}
