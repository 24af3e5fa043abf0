/** Other spellings of a redirect URI, none of which is the registered one; by what was done to it. */
export type Spellings = readonly (readonly [change: string, uri: string])[]

/** Paths that begin, end or resolve as the registered one does. */
export function otherPaths(uri: string): Spellings {
  const { origin, pathname } = split(uri)
  const path = pathname.replace(/\/$/, '')
  return [
    ['a slash at the end', `${origin}${pathname.endsWith('/') ? path : `${path}/`}`],
    ['a longer path', `${origin}${path}/more`],
    ['a path that goes up again', `${origin}${path}/../elsewhere`],
    ['another case', `${origin}${path.slice(0, 1)}${path.slice(1).toUpperCase()}`],
  ]
}

/** The registered one with something behind it. */
export function longerQueries(uri: string): Spellings {
  const joiner = uri.includes('?') ? '&' : '?'
  return [['a query', `${uri}${joiner}examiner=1`]]
}

/** Hosts that look like the registered one, or are it for whoever reads only the beginning. */
export function otherHosts(uri: string): Spellings {
  const { protocol, host, pathname, authority } = split(uri)
  return [
    ['a host that begins alike', `${protocol}//${host.replace(/:\d+$/, '')}.attacker.example${pathname}`],
    ['the host as a user name', `${protocol}//${authority}@attacker.example${pathname}`],
    ['a subdomain', `${protocol}//attacker.${/^[\d.[\]:]+$/.test(host) ? 'localhost' : host}${pathname}`],
  ]
}

function split(uri: string) {
  const { protocol, host, pathname } = new URL(uri)
  return { protocol, host, pathname, authority: host, origin: `${protocol}//${host}` }
}
