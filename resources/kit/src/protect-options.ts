import { canonicalResourceUri } from '@sallyport/policy'
import { isSecureUrl } from './issuer/issuer-metadata.ts'
import { ProtectError } from './protect-error.ts'

/** Takes one line for the operator: a stable code and the private reason. Never a token. */
export type GuardLog = (entry: { readonly code: `SALLYPORT_E_${string}`; readonly detail: string }) => void

/** What an MCP server says about itself to be protected. */
export interface ProtectOptions {
  /** Issuer identifier, byte for byte as its tokens and metadata carry it. */
  readonly issuer: string
  /** The URL of the MCP endpoint as clients type it; becomes the one audience that is accepted. */
  readonly resource: string
  /**
   * Path of a tools file, its content as an object, or `'authenticated-only'` to let every valid token call every
   * tool.
   */
  readonly tools: string | object
  /**
   * The resource's own client at the issuer, which exchanges tokens: its id, and its private JSON Web Key as an object,
   * as JSON text, or as the path of a file. Left out, SALLYPORT_CLIENT_ID and SALLYPORT_CLIENT_KEY_FILE count; without
   * those either, the guard does everything but `exchange`, and keeps no token.
   */
  readonly client?: { readonly id: string; readonly key: string | object }
  /** True: `server/discover` is answered without a token. */
  readonly publicDiscovery?: boolean
  /**
   * For issuers that do not write `typ: at+jwt`. What is lost: the type no longer tells an access token from an ID
   * token of the same issuer, so that only the audience and the claims of ID tokens do.
   */
  readonly accept?: { readonly typ: readonly ['JWT'] }
  /** Name of the resource for people. */
  readonly resourceName?: string
  /** False when several resources share the origin: then its root has no metadata. */
  readonly rootMetadata?: boolean
  /**
   * True: clients of revision 2025-03-26 find the issuer at the origin of the resource, where they look for it. Not
   * together with `rootMetadata: false`: the origin can point to one resource only.
   */
  readonly legacy?: boolean
  /** Origins of web pages that may call, besides the resource's own: `https://inspector.example.com`. */
  readonly allowedOrigins?: readonly string[]
  /** Host headers that are right, besides the resource's own: `10.0.0.7:3000` behind a proxy. */
  readonly allowedHosts?: readonly string[]
  /** Where refusals and trouble with the issuer are told; `console.warn` unless set. */
  readonly log?: GuardLog
  /** Seconds since the epoch; the system's clock unless set. */
  readonly clock?: () => number
  /** The fetch for the issuer: metadata, keys, exchange; the runtime's unless set. */
  readonly fetch?: typeof fetch
}

/** Options that were found to be right, with nothing left open. */
export interface ProtectSettings {
  readonly issuer: string
  /** The canonical resource identifier. */
  readonly resource: string
  readonly publicDiscovery: boolean
  readonly acceptJwtType: boolean
  readonly resourceName: string | undefined
  readonly rootMetadata: boolean
  readonly legacy: boolean
  readonly allowedOrigins: readonly string[]
  readonly allowedHosts: readonly string[]
  readonly log: GuardLog
  readonly clock: () => number
  readonly fetch: typeof fetch
}

/**
 * Checks options before anything is served.
 *
 * @param options what was given to `protect`, perhaps by code without types
 * @throws ProtectError with what is wrong and what to write instead
 */
export function readProtectOptions(options: ProtectOptions): ProtectSettings {
  const resource = readResource(options.resource)
  checkIssuer(options.issuer)
  if (options.accept !== undefined && String(options.accept.typ) !== 'JWT') {
    throw new ProtectError('SALLYPORT_E_OPTIONS', "accept is { typ: ['JWT'] } or left out")
  }
  if (options.legacy === true && options.rootMetadata === false) {
    throw new ProtectError(
      'SALLYPORT_E_OPTIONS',
      'legacy needs the root of the origin, which rootMetadata: false leaves to nobody. Serve clients of 2025-03-26 from a resource that has an origin of its own',
    )
  }
  return Object.freeze({
    issuer: options.issuer,
    resource,
    publicDiscovery: options.publicDiscovery ?? false,
    acceptJwtType: options.accept !== undefined,
    resourceName: options.resourceName,
    rootMetadata: options.rootMetadata ?? true,
    legacy: options.legacy === true,
    allowedOrigins: readOrigins(options.allowedOrigins ?? []),
    allowedHosts: options.allowedHosts ?? [],
    log: options.log ?? logToConsole,
    clock: options.clock ?? (() => Date.now() / 1000),
    fetch: options.fetch ?? fetch,
  })
}

function readResource(resource: unknown): string {
  if (typeof resource !== 'string' || !/^https?:/i.test(resource)) {
    throw new ProtectError(
      'SALLYPORT_E_STDIO',
      'resource is the http or https URL of the MCP endpoint. Over stdio there is no OAuth: the server runs as the person who started it, takes its credentials from the environment, and needs no protect()',
    )
  }
  const canonical = canonicalResourceUri(resource)
  if (canonical.ok) return canonical.uri
  throw new ProtectError('SALLYPORT_E_RESOURCE_URI', `resource "${resource}" ${canonical.reason}`)
}

function checkIssuer(issuer: unknown): void {
  if (typeof issuer === 'string' && isSecureUrl(issuer) && new URL(issuer).search === '' && !issuer.includes('?'))
    return
  throw new ProtectError(
    'SALLYPORT_E_ISSUER_URL',
    `issuer ${JSON.stringify(issuer)} is not an https URL (http on loopback only) without query and fragment`,
  )
}

function readOrigins(origins: readonly string[]): readonly string[] {
  for (const origin of origins) {
    // "*" or "https://host/path" would look like a rule and match nothing.
    if (URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase()) continue
    throw new ProtectError('SALLYPORT_E_OPTIONS', `allowedOrigins: "${origin}" is not an origin like https://host:port`)
  }
  return origins
}

// A server that refuses every token because of one character in a URL must not do so in silence.
function logToConsole({ code, detail }: Parameters<GuardLog>[0]): void {
  console.warn(`${code} ${detail}`)
}
