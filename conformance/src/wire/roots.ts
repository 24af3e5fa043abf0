import { getCACertificates } from 'node:tls'

/** What the connection has to be told to believe private roots beside the usual ones, which a list of its own would replace. */
export function trusting(roots: readonly string[] | undefined): { ca?: string[] } {
  return roots === undefined ? {} : { ca: [...getCACertificates('default'), ...roots] }
}

const UNKNOWN_AUTHORITY = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])

/** Why a certificate was not believed, and what to do; undefined for every other error. */
export function certificateFault(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : ''
  if (UNKNOWN_AUTHORITY.has(code))
    return `its certificate is of an authority that is not known here (${code}); name a private one by --ca <file.pem>`
  if (code === 'CERT_HAS_EXPIRED') return 'its certificate has expired'
  if (code === 'CERT_NOT_YET_VALID') return 'its certificate is not valid yet'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `its certificate is for another name: ${error.message}`
  return undefined
}
