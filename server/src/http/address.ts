import type { IncomingMessage } from 'node:http'

/** The issuer, taken apart once. */
export interface IssuerAddress {
  readonly issuer: string
  readonly protocol: 'http' | 'https'
  /** Host with port, as it belongs in a Host header. */
  readonly host: string
  /** '' or '/tenant'. */
  readonly basePath: string
}

export function issuerAddress(issuer: string): IssuerAddress {
  const url = new URL(issuer)
  const protocol = url.protocol === 'https:' ? 'https' : 'http'
  return { issuer, protocol, host: url.host, basePath: url.pathname.replace(/\/$/, '') }
}

const METADATA_DOCUMENTS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']

/**
 * Where a request goes, below the issuer: every spelling of a metadata address becomes the one the engine serves.
 * @param target request target of the request line
 * @returns path and query below the issuer, or undefined when it is not of this issuer
 * @see RFC 8414 §3.1, OpenID Connect Discovery 1.0 §4
 */
export function targetBelowIssuer(target: string, basePath: string): string | undefined {
  const { path, query } = split(target)
  const document = METADATA_DOCUMENTS.find((candidate) => path === candidate + basePath)
  if (document !== undefined) return document + query
  if (path === basePath || !path.startsWith(`${basePath}/`)) return undefined
  return path.slice(basePath.length) + query
}

/**
 * Makes the request speak of the issuer and of nothing else. URLs are built from what it says, and what a caller says
 * about host and scheme (Host, X-Forwarded-*, an absolute request line) must not get into them.
 */
export function pinAddress(req: IncomingMessage, address: IssuerAddress, target: string): void {
  for (const name of Object.keys(req.headers)) {
    if (name.startsWith('x-forwarded-') || name === 'forwarded') delete req.headers[name]
  }
  req.headers.host = address.host
  req.headers['x-forwarded-proto'] = address.protocol
  req.url = target
  // The engine finds the issuer's path by comparing the two.
  Object.assign(req, { originalUrl: address.basePath + target })
}

/** Path and query of a request line, whose absolute form names a host that is not to be believed. */
export function originForm(requestTarget: string): string {
  if (requestTarget.startsWith('/')) return requestTarget
  const parsed = URL.parse(requestTarget)
  return parsed === null ? '/' : parsed.pathname + parsed.search
}

function split(target: string): { path: string; query: string } {
  const at = target.indexOf('?')
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at) }
}
