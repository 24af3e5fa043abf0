import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'

export type Json = Readonly<Record<string, unknown>>

/** What a verifier in the test works with. */
export interface Candidate {
  readonly header: Json
  readonly claims: Json
  readonly input: string
  readonly signature: Buffer
}

export interface Trust {
  readonly issuer: string
  readonly audience: string
  /** Keys of the issuer as they were fetched. */
  readonly keys: readonly Json[]
}

/** One rule each; a token is good when none says no. */
export interface Rules {
  readonly parse: (text: string) => Json
  readonly algorithm: (candidate: Candidate) => boolean
  readonly signature: (candidate: Candidate, trust: Trust) => boolean | Promise<boolean>
  readonly issuer: (iss: unknown, trust: Trust) => boolean
  readonly audience: (aud: unknown, trust: Trust) => boolean
  readonly type: (typ: unknown) => boolean
  readonly expiry: (exp: unknown, now: number) => boolean
  readonly begin: (nbf: unknown, now: number) => boolean
  readonly critical: (crit: unknown) => boolean
  readonly binding: (cnf: unknown) => boolean
}

const CLOCKS_DIFFER_SECONDS = 30

/** Rules of a sound server, written apart from the examiner and from any library. */
export const soundRules: Rules = {
  parse: (text) => JSON.parse(text) as Json,
  algorithm: ({ header }) => header.alg === 'ES256',
  signature: (candidate, { keys }) => {
    const key = keys.find(({ kid, crv }) => kid === candidate.header.kid && crv === 'P-256')
    return key !== undefined && signedBy(candidate, key)
  },
  issuer: (iss, trust) => iss === trust.issuer,
  audience: (aud, trust) => (Array.isArray(aud) ? aud : [aud]).includes(trust.audience),
  type: (typ) => typ === 'at+jwt',
  expiry: (exp, now) => typeof exp === 'number' && exp > now,
  begin: (nbf, now) => nbf === undefined || (typeof nbf === 'number' && nbf <= now + CLOCKS_DIFFER_SECONDS),
  critical: (crit) => crit === undefined,
  binding: (cnf) => cnf === undefined,
}

export function signedBy({ input, signature }: Pick<Candidate, 'input' | 'signature'>, jwk: Json): boolean {
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  return verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, signature)
}

/** @throws for what is no token at all */
export function readCandidate(token: string, parse: Rules['parse']): Candidate {
  const [header = '', payload = '', signature, ...more] = token.split('.')
  if (signature === undefined || more.length > 0) throw new Error('not three parts')
  const text = (part: string): string => Buffer.from(part, 'base64url').toString('utf8')
  return {
    header: JSON.parse(text(header)) as Json,
    claims: parse(text(payload)),
    input: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

export async function isGood(candidate: Candidate, trust: Trust, rules: Rules): Promise<boolean> {
  const { header, claims } = candidate
  const now = Math.floor(Date.now() / 1000)
  const claimsHold =
    rules.critical(header.crit) &&
    rules.type(header.typ) &&
    rules.issuer(claims.iss, trust) &&
    rules.audience(claims.aud, trust) &&
    rules.expiry(claims.exp, now) &&
    rules.begin(claims.nbf, now) &&
    rules.binding(claims.cnf)
  return claimsHold && rules.algorithm(candidate) && (await rules.signature(candidate, trust))
}
