import { canonicalResourceUri } from '@sallyport/policy'

/** What a tool wants to reach. */
export interface ExchangeOptions {
  /** Resource identifier of the downstream API. */
  readonly resource: string
  /** The scopes that the call needs, as a list or joined by spaces; left out, whatever the issuer lets through. */
  readonly scope?: string | readonly string[]
  /**
   * True: asks the issuer even where a token is kept, so that nothing goes on after a revocation. It costs a request for
   * every call.
   */
  readonly fresh?: boolean
}

/** Options that were found to be right. */
export interface ExchangeTarget {
  /** The canonical resource identifier. */
  readonly resource: string
  /** Sorted, each once; undefined where nothing was asked for. */
  readonly scopes: readonly string[] | undefined
}

export type ParsedExchangeTarget =
  | { readonly ok: true; readonly target: ExchangeTarget }
  | { readonly ok: false; readonly detail: string }

// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Parses what a tool asked for, perhaps from code without types.
 *
 * @param options what was given to `guard.exchange`
 * @param ownResource the resource that the tool belongs to
 */
export function parseExchangeTarget(options: ExchangeOptions, ownResource: string): ParsedExchangeTarget {
  const { resource, scope }: { resource?: unknown; scope?: unknown } = options
  const canonical = canonicalResourceUri(typeof resource === 'string' ? resource : '')
  if (!canonical.ok) return refuse(`resource ${JSON.stringify(resource)} ${canonical.reason}`)
  // A second token for ourselves is what a confused deputy would ask for; nothing downstream takes it.
  if (canonical.uri === ownResource) return refuse('resource is this very server')
  if (scope === undefined) return { ok: true, target: { resource: canonical.uri, scopes: undefined } }
  const scopes = parseScopes(scope)
  if (scopes === undefined) return refuse('scope is neither a list of scopes nor scopes joined by spaces')
  // No scope at all reads as "everything" at the issuer. A list that a program left empty never means that.
  if (scopes.length === 0) return refuse('scope is empty: name the scopes, or leave it out')
  return { ok: true, target: { resource: canonical.uri, scopes } }
}

function parseScopes(scope: unknown): readonly string[] | undefined {
  const listed: unknown = typeof scope === 'string' ? scope.split(' ').filter((part) => part !== '') : scope
  if (!Array.isArray(listed)) return undefined
  const scopes = listed.filter((one): one is string => typeof one === 'string' && SCOPE_TOKEN.test(one))
  return scopes.length === listed.length ? [...new Set(scopes)].sort() : undefined
}

function refuse(detail: string): ParsedExchangeTarget {
  return { ok: false, detail }
}
