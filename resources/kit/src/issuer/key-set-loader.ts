import { type CryptoKey, createLocalJWKSet, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'
import { JOSEError } from 'jose/errors'
import { fetchIssuerDocument } from './issuer-document.ts'
import { discoverIssuer, type IssuerMetadata } from './issuer-metadata.ts'

/** Metadata moves less often than keys. */
export const METADATA_FRESH_SECONDS = 3_600

/** The issuer's keys as they were at one moment. */
export interface KeySet {
  /** The one key that a token's header names, or undefined. */
  find(header: JWSHeaderParameters): Promise<CryptoKey | undefined>
  /** Seconds since the epoch. */
  readonly fetchedAt: number
}

export type LoadedKeySet =
  | { readonly ok: true; readonly keySet: KeySet }
  | { readonly ok: false; readonly detail: string }

/** Fetches keys, by way of metadata that it keeps for a while. */
export interface KeySetLoader {
  load(): Promise<LoadedKeySet>
  /** The metadata of the last load, or undefined when there is none to be trusted. */
  metadata(): IssuerMetadata | undefined
}

/**
 * Makes a loader of one issuer's keys.
 *
 * @param deps the issuer identifier; the fetch and the clock (seconds since the epoch) to use
 */
export function createKeySetLoader(deps: {
  readonly issuer: string
  readonly fetch: typeof fetch
  readonly clock: () => number
}): KeySetLoader {
  let known: { readonly metadata: IssuerMetadata; readonly fetchedAt: number } | undefined

  async function load(): Promise<LoadedKeySet> {
    if (known === undefined || deps.clock() - known.fetchedAt >= METADATA_FRESH_SECONDS) {
      const discovered = await discoverIssuer(deps.issuer, deps.fetch)
      if (!discovered.ok) return discovered
      known = { metadata: discovered.metadata, fetchedAt: deps.clock() }
    }
    const { jwksUri } = known.metadata
    const document = await fetchIssuerDocument(jwksUri, deps.fetch)
    const find = document.ok ? readKeySet(document.value) : undefined
    if (find !== undefined) return { ok: true, keySet: { find, fetchedAt: deps.clock() } }
    // The keys may have moved: the next attempt asks the metadata again.
    known = undefined
    return { ok: false, detail: document.ok ? `${jwksUri} is not a JSON Web Key Set` : document.detail }
  }

  return { load, metadata: () => known?.metadata }
}

function readKeySet(value: unknown): KeySet['find'] | undefined {
  try {
    const lookUp = createLocalJWKSet(value as JSONWebKeySet)
    // None, several that fit, or one that cannot be imported: no key that the issuer clearly meant.
    return (header) => lookUp(header).catch(() => undefined)
  } catch (error) {
    if (error instanceof JOSEError) return undefined
    throw error
  }
}
