const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** Which hosts and origins may talk to the resource. */
export interface HostAndOriginRules {
  readonly hosts: ReadonlySet<string>
  readonly origins: ReadonlySet<string>
}

/**
 * Makes the rules: the resource's own host and origin, and what the operator adds.
 *
 * @param resource the canonical resource identifier
 * @param added hosts (`name` or `name:port`) and origins (`https://name`) that are allowed as well
 */
export function createHostAndOriginRules(
  resource: string,
  added: { readonly hosts: readonly string[]; readonly origins: readonly string[] },
): HostAndOriginRules {
  const { host, hostname, port, protocol, origin } = new URL(resource)
  const withDefaultPort = port === '' ? [`${hostname}:${DEFAULT_PORTS[protocol]}`] : []
  return {
    hosts: new Set([host, ...withDefaultPort, ...added.hosts.map((name) => name.toLowerCase())]),
    origins: new Set([origin, ...added.origins.map((name) => name.toLowerCase())]),
  }
}

/**
 * Tells whether a request was meant for this resource. A page whose name was rebound to our address still sends its
 * own name here (DNS rebinding).
 *
 * @param request the request; where the runtime shows no Host header its URL counts
 * @param rules the allowed hosts
 */
export function isAllowedHost(request: Request, rules: HostAndOriginRules): boolean {
  return rules.hosts.has((request.headers.get('host') ?? new URL(request.url).host).toLowerCase())
}

/**
 * Tells whether a request comes from no page or from an allowed one. `null`, the origin of sandboxed frames, is a
 * foreign one.
 *
 * @param origin the Origin header, or null when there is none
 * @param rules the allowed origins
 */
export function isAllowedOrigin(origin: string | null, rules: HostAndOriginRules): boolean {
  return origin === null || rules.origins.has(origin.toLowerCase())
}
