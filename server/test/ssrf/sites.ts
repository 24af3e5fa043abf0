import { createDemoFetch } from '../../src/dev/demo-fetch.ts'
import type { Egress } from '../../src/egress/index.ts'
import { outgoing } from '../../src/provider/outgoing.ts'
import type { Store } from '../../src/store/index.ts'
import { runUnit } from '../../src/store/unit-of-work.ts'
import type { DocumentHost } from '../setup/document-host.ts'
import { share } from '../setup/scale.ts'
import { SSRF_INPUTS } from './inputs.ts'

/** What a place needs to be tried. */
export interface Ground {
  readonly origin: string
  readonly store: Store
  readonly host: DocumentHost
  readonly egress: Egress
  /** A client that registered itself. */
  readonly clientId: string
}

/** A place where a stranger's URL, or a name in one, could make this server connect to somebody. */
export interface Site {
  readonly name: string
  /** Whether a URL of the public Internet is fetched here. */
  readonly fetches: boolean
  /** Whether 503 is what it answers when nothing could be had: the client may come again. */
  readonly answers503?: boolean
  /** What the request answers, in a word; undefined where nothing is answered. */
  readonly attempt: (ground: Ground, url: string, number: number) => Promise<string | undefined>
}

const CALLBACK = 'https://client.example/callback'
const SIGNED = { client_name: 'Acme', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt' }

// Who asks is somebody else each time, as far as the limits can see: they are not what is tried here.
const from = (number: number) => ({ 'X-Forwarded-For': `203.0.${Math.floor(number / 250) % 250}.${number % 250}` })

function request(clientId: string, more: Record<string, string> = {}): URLSearchParams {
  const pkce = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
  return new URLSearchParams({ response_type: 'code', client_id: clientId, redirect_uri: CALLBACK, ...pkce, ...more })
}

async function answered(response: Response): Promise<string> {
  const id = response.headers.get('x-correlation-id') ?? 'no id'
  return `${response.status} ${(await response.text()).replaceAll(id, 'ID')}`
}

const authorize = async ({ origin }: Ground, params: URLSearchParams, number: number) =>
  answered(await fetch(`${origin}/authorize?${params}`, { redirect: 'manual', headers: from(number) }))

const post = async (
  { origin }: Ground,
  path: string,
  body: URLSearchParams | string,
  number: number,
  headers: Record<string, string> = {},
) => answered(await fetch(origin + path, { method: 'POST', body, headers: { ...from(number), ...headers } }))

const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT that nobody signed: keys are looked for before a signature is judged. */
function assertion(clientId: string, header: object = {}): Record<string, string> {
  const claims = { iss: clientId, sub: clientId, aud: 'x', jti: 'x', exp: 4_000_000_000 }
  return {
    client_assertion: `${coded({ alg: 'ES256', kid: 'x', ...header })}.${coded(claims)}.${'x'.repeat(86)}`,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
}

/** A document that says its keys are at `url`. @returns its own URL */
function documentWithKeysAt({ host }: Ground, url: string, number: number, place: string): string {
  const id = `https://client.example/signs/${place}-${number}.json`
  host.serve(id, { client_id: id, ...SIGNED, jwks_uri: url })
  return id
}

/** A client that is known here already, by whatever URL; nobody has looked at its keys yet. */
async function known({ store }: Ground, url: string, jwksUri: string | undefined): Promise<void> {
  const metadata =
    jwksUri === undefined ? { ...SIGNED, token_endpoint_auth_method: 'none' } : { ...SIGNED, jwks_uri: jwksUri }
  // Long ago, by the clock of the database: fresh for nobody, and looked at by nobody for a while.
  await store.clientDocuments.keep({
    url,
    version: { digest: 'one', metadata },
    etag: undefined,
    freshSeconds: -3_600,
    askedAt: new Date(Date.now() - 3_600_000).toISOString(),
  })
}

async function knownWithKeysAt(ground: Ground, url: string, number: number, place: string): Promise<string> {
  const id = `https://client.example/known/${place}-${number}.json`
  await known(ground, id, url)
  return id
}

const REFRESH = { grant_type: 'refresh_token', refresh_token: 'x' }

/** Metadata that is a URL, or a list of them. */
const METADATA_URLS = [
  ...['jwks_uri', 'sector_identifier_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'client_uri', 'initiate_login_uri'],
  'backchannel_logout_uri',
]

/** Every place. What is of the operator's own writing (the settings, the issuer that `doctor` looks at) is none. */
export const SITES: readonly Site[] = [
  { name: 'document-at-authorize', fetches: true, attempt: (ground, url, n) => authorize(ground, request(url), n) },
  { name: 'document-at-par', fetches: true, attempt: (ground, url, n) => post(ground, '/par', request(url), n) },
  {
    name: 'document-behind-a-token-request',
    fetches: true,
    async attempt(ground, url, n) {
      await known(ground, url, undefined)
      await ground.store.database.read(LOOKED_AT_LONG_AGO, [url])
      const answer = await post(ground, '/token', new URLSearchParams({ ...REFRESH, client_id: url }), n)
      // What has not even the form of a document's URL is no client, and was looked for nowhere.
      return answer.startsWith('401') ? undefined : answer
    },
  },
  {
    name: 'keys-at-authorize',
    fetches: true,
    attempt: (ground, url, n) => authorize(ground, request(documentWithKeysAt(ground, url, n, 'authorize')), n),
  },
  {
    name: 'keys-at-par',
    fetches: true,
    attempt(ground, url, n) {
      const id = documentWithKeysAt(ground, url, n, 'par')
      return post(ground, '/par', request(id, assertion(id)), n)
    },
  },
  ...['/token', '/revoke'].map(
    (path): Site => ({
      name: `keys-at${path.replace('/', '-')}`,
      fetches: true,
      answers503: true,
      async attempt(ground, url, n) {
        const id = await knownWithKeysAt(ground, url, n, path.slice(1))
        return post(ground, path, new URLSearchParams({ ...REFRESH, token: 'x', client_id: id, ...assertion(id) }), n)
      },
    }),
  ),
  {
    name: 'what-the-engine-fetches',
    fetches: true,
    async attempt({ egress }, url) {
      const { fetch: engineFetch } = outgoing(egress, () => undefined)
      const unit = { correlationId: 'req_1', cookies: { get: () => undefined, set: () => undefined } }
      return runUnit(unit, async () => engineFetch?.(url)).then(
        // What the engine makes of an answer is its own business; nobody outside sees it.
        () => undefined,
        (error: Error) => error.message,
      )
    },
  },
  {
    name: 'url_fetch-of-the-demo',
    fetches: true,
    async attempt({ egress }, url) {
      const origin = URL.canParse(url) ? new URL(url).origin : ''
      const fetchPage = createDemoFetch({ egress, log: () => undefined }, [origin])
      const answer = await fetchPage(url)
      return answer.ok ? 'answered' : undefined
    },
  },
  {
    name: 'keys-at-introspect',
    fetches: false,
    async attempt(ground, url, n) {
      const id = await knownWithKeysAt(ground, url, n, 'introspect')
      return post(ground, '/introspect', new URLSearchParams({ token: 'x', client_id: id, ...assertion(id) }), n)
    },
  },
  {
    name: 'metadata-of-a-registration',
    fetches: false,
    async attempt(ground, url, n) {
      const urls = Object.fromEntries(METADATA_URLS.map((member) => [member, url]))
      const lists = { request_uris: [url], contacts: [url], redirect_uris: [CALLBACK] }
      const body = JSON.stringify({ client_name: `App ${n}`, subject_type: 'pairwise', ...urls, ...lists })
      await post(ground, '/register', body, n, { 'Content-Type': 'application/json' })
      return undefined
    },
  },
  {
    name: 'parameters-of-an-authorization',
    fetches: false,
    async attempt(ground, url, n) {
      const ask = (more: Record<string, string>) => authorize(ground, request(ground.clientId, more), n)
      await ask({ request_uri: url })
      await ask({ resource: url, id_token_hint: url, login_hint: url })
      const object = `${coded({ alg: 'RS256', jku: url, x5u: url })}.${coded({ iss: url })}.x`
      await ask({ redirect_uri: url, request: object })
      return undefined
    },
  },
  {
    name: 'headers-of-proofs-and-assertions',
    fetches: false,
    async attempt(ground, url, n) {
      const header = { jku: url, x5u: url, iss: url }
      const proof = `${coded({ alg: 'ES256', typ: 'dpop+jwt', ...header })}.${coded({ jti: 'x' })}.${'x'.repeat(86)}`
      const form = { ...REFRESH, client_id: ground.clientId, resource: url }
      await post(ground, '/token', new URLSearchParams({ ...form, ...assertion(ground.clientId, header) }), n)
      await post(ground, '/token', new URLSearchParams(form), n, { DPoP: proof })
      return undefined
    },
  },
]

/** In the usual run each input is tried at every third site, and rarer where nothing is ever fetched; in the soak at all. */
export const TABLE = SITES.flatMap((site, shift) =>
  share(SSRF_INPUTS, site.fetches ? 3 : 4, shift).map((input) => ({ input, site })),
)

const LOOKED_AT_LONG_AGO = {
  name: 'test looked at long ago',
  text: "UPDATE client_documents SET checked_at = now() - interval '1 hour' WHERE url = $1 RETURNING url",
}
