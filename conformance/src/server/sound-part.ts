import { readCompact } from '../issuer/compact.ts'
import type { MintChange } from '../issuer/hostile-issuer.ts'
import type { ServerSubject } from './subject.ts'

/** What the accepted token says beside its audience and times, so that a forgery differs from it in one thing alone. */
export function soundPart({
  acceptedToken = '',
}: Pick<ServerSubject, 'acceptedToken'>): Required<Pick<MintChange, 'claims' | 'header'>> {
  const read = readCompact(acceptedToken)
  if (read === undefined) return { claims: {}, header: {} }
  const { iss: _iss, aud: _aud, exp: _exp, iat: _iat, nbf: _nbf, jti: _jti, ...claims } = read.claims
  return { claims, header: { typ: read.header.typ } }
}
