import { importJWK, SignJWT } from 'jose'
import type { SigningKeys } from './signing-keys.ts'

/**
 * Signs a statement of the issuer with the key that signs at the moment.
 * @param statement.type `typ` of the header: no statement can be taken for one of another kind
 * @returns a compact JWS
 * @see {@link https://www.rfc-editor.org/rfc/rfc8725#section-3.11 RFC 8725 §3.11}
 */
export async function signStatement(
  { algorithm, jwks }: SigningKeys,
  statement: { readonly type: string; readonly claims: Readonly<Record<string, unknown>> },
): Promise<string> {
  const [jwk] = jwks.keys
  if (jwk?.kid === undefined) throw new TypeError('there is no key that signs')
  const key = await importJWK(jwk, algorithm)
  return new SignJWT({ ...statement.claims })
    .setProtectedHeader({ alg: algorithm, typ: statement.type, kid: jwk.kid })
    .sign(key)
}
