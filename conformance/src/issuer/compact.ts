import { createHmac, type KeyObject, sign } from 'node:crypto'

/** How a compact JWS is signed. Written by hand, because a library refuses the combinations that a forger tries. */
export type Signer =
  | { readonly kind: 'none' }
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'key'; readonly key: KeyObject; readonly digest: 'sha256' | 'sha384' }

/**
 * @param header protected header; its `alg` is written as it stands, whatever the signer does
 * @param payload text of the payload, signed as it stands
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-7.1 RFC 7515 §7.1}
 */
export function signCompact(header: Readonly<Record<string, unknown>>, payload: string, signer: Signer): string {
  const input = `${encode(JSON.stringify(header))}.${encode(payload)}`
  return `${input}.${signatureOf(input, signer)}`
}

/** Header and payload of a compact JWS, without judging its signature; undefined for what is no JWT. */
export function readCompact(
  token: string,
):
  | { readonly header: Readonly<Record<string, unknown>>; readonly claims: Readonly<Record<string, unknown>> }
  | undefined {
  const [header, claims] = token.split('.').slice(0, 2).map(decodeObject)
  return header === undefined || claims === undefined || token.split('.').length !== 3 ? undefined : { header, claims }
}

function signatureOf(input: string, signer: Signer): string {
  if (signer.kind === 'none') return ''
  if (signer.kind === 'secret') return createHmac('sha256', signer.secret).update(input).digest('base64url')
  const { key, digest } = signer
  return sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
}

function encode(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url')
}

function decodeObject(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
