/** A request that got as far as the network and came back without an answer. The sentence is for the operator's log. */
export class EgressFailure extends Error {
  override readonly name = 'EgressFailure'
}

/** Says in one line, for the operator's log, why there is no answer. Never holds anything the other side sent. */
export function describeFailure(error: unknown): string {
  if (error instanceof EgressFailure) return error.message
  const code = codeOf(error)
  const known = code === undefined ? undefined : KNOWN[code]
  if (known !== undefined) return `${known} (${code})`
  if (code === undefined) return 'the request failed'
  return /CERT|SIGNATURE|TLS|SSL|ERR_OSSL|ISSUER/.test(code)
    ? `no trusted TLS (${code})`
    : `the request failed (${code})`
}

const KNOWN: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not resolve',
  ENODATA: 'the name has no address',
  EAI_AGAIN: 'name resolution does not answer',
  ESERVFAIL: 'name resolution failed',
  ETIMEOUT: 'name resolution does not answer',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ETIMEDOUT: 'the host does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the host does not answer',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too large',
  UND_ERR_SOCKET: 'the connection was cut',
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
