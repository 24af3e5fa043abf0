import { randomUUID } from 'node:crypto'
import { type Signer, signCompact } from './compact.ts'
import type { MintChange, MintSignature } from './hostile-issuer.ts'
import type { IssuerKey, KeyRing } from './issuer-keys.ts'

/** Long enough for a run at its usual pace, short enough that a leaked one is worth nothing the next day. Seconds. */
export const LIFETIME_SECONDS = 300
export const EXAMINER_CLIENT_ID = 'sallyport-examine'
export const EXAMINER_SUBJECT = 'examiner'

export interface Minted {
  readonly token: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly header: Readonly<Record<string, unknown>>
}

/**
 * @param now seconds since the epoch
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-2 RFC 9068 §2}
 */
export function mintToken(
  source: { readonly issuer: string; readonly keys: KeyRing; readonly now: number },
  audience: string,
  change: MintChange = {},
): Minted {
  const { issuer, keys, now } = source
  const { alg, key, signer } = signingOf(keys, change.signature)
  const header = { alg, typ: 'at+jwt', kid: key.publicJwk.kid, ...change.header }
  const claims = {
    iss: issuer,
    sub: EXAMINER_SUBJECT,
    aud: audience,
    client_id: EXAMINER_CLIENT_ID,
    iat: now,
    exp: now + LIFETIME_SECONDS,
    jti: randomUUID(),
    ...change.claims,
  }
  const payload = (change.bendPayload ?? unbent)(JSON.stringify(claims))
  return { token: (change.bend ?? unbent)(signCompact(header, payload, signer)), claims, header }
}

interface Signing {
  readonly alg: string
  /** Whose key id the header names. */
  readonly key: IssuerKey
  readonly signer: Signer
}

function signingOf(keys: KeyRing, signature: MintSignature | undefined): Signing {
  const { current, otherCurve, stranger } = keys
  switch (signature) {
    case undefined:
      return es256(current)
    case 'none':
      return { alg: 'none', key: current, signer: { kind: 'none' } }
    case 'public-key-as-secret':
      return hs256(current, current.publicKey.export({ type: 'spki', format: 'pem' }).toString())
    case 'public-jwk-as-secret':
      return hs256(current, JSON.stringify(current.publicJwk))
    case 'stranger':
      return es256(stranger)
    case 'other-curve':
      return { alg: 'ES384', key: otherCurve, signer: ecdsa(otherCurve, 'sha384') }
    case 'mislabelled':
      return { alg: 'ES256', key: otherCurve, signer: ecdsa(otherCurve, 'sha256') }
    case 'rotated':
      return es256(keys.publishAnother())
    case 'retired':
      if (keys.retired === undefined) throw new Error('no key was retired yet: call rotate() first')
      return es256(keys.retired)
    default:
      return signature satisfies never
  }
}

function es256(key: IssuerKey): Signing {
  return { alg: 'ES256', key, signer: ecdsa(key, 'sha256') }
}

function hs256(key: IssuerKey, secret: string): Signing {
  return { alg: 'HS256', key, signer: { kind: 'secret', secret } }
}

function ecdsa({ privateKey }: IssuerKey, digest: 'sha256' | 'sha384'): Signer {
  return { kind: 'key', key: privateKey, digest }
}

function unbent(text: string): string {
  return text
}
