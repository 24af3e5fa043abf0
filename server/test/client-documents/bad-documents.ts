import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import type { DocumentHost } from '../setup/document-host.ts'
import { CALLBACK, documentOf } from './world.ts'

/** Answers with a body that is announced as JSON. */
export const json = (res: ServerResponse, body: string | Buffer, headers: Record<string, string> = {}): void => {
  res.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(body)
}

const SIGNED = { token_endpoint_auth_method: 'private_key_jwt' }
/** Its numbers lie on no curve; nothing here gets as far as that. */
const KEY = { kty: 'EC', crv: 'P-256', x: 'a', y: 'b', alg: 'ES256' }

const DOCUMENTS: readonly { what: string; code: string; body: (url: string) => unknown }[] = [
  { what: 'a client_id that differs in case', code: 'ID', body: (url) => documentOf(url.toUpperCase()) },
  { what: 'a client_id with a slash more', code: 'ID', body: (url) => documentOf(`${url}/`) },
  {
    what: 'a client_id with its default port',
    code: 'ID',
    body: (url) => documentOf(url.replace('example', 'example:443')),
  },
  { what: 'no client_id (AS-CIMD-04)', code: 'ID', body: (url) => ({ ...documentOf(url), client_id: undefined }) },
  { what: 'no client_name (AS-CIMD-04)', code: 'NAME', body: (url) => documentOf(url, { client_name: undefined }) },
  { what: 'an empty client_name', code: 'NAME', body: (url) => documentOf(url, { client_name: ' \u0007 ' }) },
  { what: 'a client_name that is no text', code: 'NAME', body: (url) => documentOf(url, { client_name: ['x'] }) },
  {
    what: 'no redirect_uris (AS-CIMD-04)',
    code: 'REDIRECTS',
    body: (url) => documentOf(url, { redirect_uris: undefined }),
  },
  { what: 'an empty list of redirect URIs', code: 'REDIRECTS', body: (url) => documentOf(url, { redirect_uris: [] }) },
  {
    what: 'a redirect URI by http to another machine (AS-RED-05)',
    code: 'REDIRECTS',
    body: (url) => documentOf(url, { redirect_uris: [CALLBACK, 'http://evil.example/cb'] }),
  },
  {
    what: 'a redirect URI that runs (A10)',
    code: 'REDIRECTS',
    body: (url) => documentOf(url, { redirect_uris: ['javascript:alert(1)'] }),
  },
  { what: 'a client_secret (AS-CIMD-06, A77)', code: 'SECRET', body: (url) => documentOf(url, { client_secret: 'x' }) },
  { what: 'an empty client_secret', code: 'SECRET', body: (url) => documentOf(url, { client_secret: null }) },
  {
    what: 'the end of a client_secret',
    code: 'SECRET',
    body: (url) => documentOf(url, { client_secret_expires_at: 0 }),
  },
  ...['client_secret_basic', 'client_secret_post', 'client_secret_jwt'].map((method) => ({
    what: `the method ${method} (A77)`,
    code: 'SECRET',
    body: (url: string) => documentOf(url, { token_endpoint_auth_method: method }),
  })),
  {
    what: 'a method that needs a certificate',
    code: 'METHOD',
    body: (url) => documentOf(url, { token_endpoint_auth_method: 'tls_client_auth' }),
  },
  {
    what: 'a method that is no text',
    code: 'METHOD',
    body: (url) => documentOf(url, { token_endpoint_auth_method: 7 }),
  },
  ...[
    { what: 'a null character', kid: 'a\0b' },
    { what: 'half a surrogate pair', kid: 'a\ud800' },
  ].map(({ what, kid }) => ({
    what: `keys whose id holds ${what}, which no database keeps (A75)`,
    code: 'KEYS',
    body: (url: string) => documentOf(url, { ...SIGNED, jwks: { keys: [{ ...KEY, kid }] } }),
  })),
  ...[
    { what: 'a null character', uri: 'https://client.example/\0' },
    { what: 'half a surrogate pair', uri: 'https://client.example/\udfff' },
    { what: 'a spelling that parsers mend', uri: 'https://client.example\\keys.json' },
  ].map(({ what, uri }) => ({
    what: `a jwks_uri with ${what} (A75)`,
    code: 'KEYS',
    body: (url: string) => documentOf(url, { ...SIGNED, jwks_uri: uri }),
  })),
  ...[
    { what: 'a null character', uri: `${CALLBACK}\0` },
    { what: 'half a surrogate pair', uri: `${CALLBACK}/\ud800` },
  ].map(({ what, uri }) => ({
    what: `a redirect URI with ${what} (A75)`,
    code: 'REDIRECTS',
    body: (url: string) => documentOf(url, { redirect_uris: [uri] }),
  })),
  { what: 'a list', code: 'JSON', body: (url) => [documentOf(url)] },
  { what: 'null', code: 'JSON', body: () => null },
  { what: 'text', code: 'JSON', body: (url) => url },
]

/** One way to be wrong, told to the operator as SALLYPORT_E_CLIENT_DOCUMENT_ and `code`. */
export interface BadDocument {
  readonly what: string
  readonly code: string
  readonly serve: (host: DocumentHost, url: string) => void
}

/** Everything that can be wrong between the form of the URL and a document that says what it must. */
export const BAD_DOCUMENTS: readonly BadDocument[] = [
  ...DOCUMENTS.map(({ what, code, body }) => ({
    what,
    code,
    serve: (host: DocumentHost, url: string) => host.serve(url, body(url)),
  })),
  { what: 'nothing (404)', code: 'STATUS', serve: () => {} },
  ...[201, 204, 401, 403, 500, 503].map((status) => ({
    what: `status ${status} (AS-CIMD-15)`,
    code: 'STATUS',
    serve: (host: DocumentHost, url: string) =>
      host.answer(url, (_req, res) => {
        res
          .writeHead(status, { 'Content-Type': 'application/json' })
          .end(status === 204 ? '' : JSON.stringify(documentOf(url)))
      }),
  })),
  { what: '410', code: 'GONE', serve: (host, url) => host.answer(url, (_req, res) => void res.writeHead(410).end()) },
  {
    what: '304 to a question that was not asked',
    code: 'STATUS',
    serve: (host, url) => host.answer(url, (_req, res) => void res.writeHead(304).end()),
  },
  ...[301, 302, 303, 307, 308].map((status) => ({
    what: `a redirect (${status}) to a document that is right (A73, AS-CIMD-05)`,
    code: 'STATUS',
    serve: (host: DocumentHost, url: string) => {
      host.serve('https://other.example/target.json', documentOf(url))
      host.answer(
        url,
        (_req, res) => void res.writeHead(status, { Location: 'https://other.example/target.json' }).end(),
      )
    },
  })),
  ...['text/html', 'text/plain', 'application/javascript', 'application/jsonp', 'application/xml+jsonx', ''].map(
    (type) => ({
      what: `the content type "${type}" (AS-CIMD-08)`,
      code: 'TYPE',
      serve: (host: DocumentHost, url: string) =>
        host.answer(url, (_req, res) => {
          res.writeHead(200, type === '' ? {} : { 'Content-Type': type }).end(JSON.stringify(documentOf(url)))
        }),
    }),
  ),
  { what: 'what is not JSON', code: 'JSON', serve: (host, url) => host.answer(url, (_req, res) => json(res, '{"a":')) },
  {
    what: 'what is not UTF-8',
    code: 'JSON',
    serve: (host, url) => host.answer(url, (_req, res) => json(res, Buffer.from([0x7b, 0xff, 0x7d]))),
  },
  {
    what: '5121 bytes (A74)',
    code: 'UNREACHABLE',
    serve: (host, url) => host.answer(url, (_req, res) => json(res, padded(url, 5_121))),
  },
  {
    what: 'megabytes that never end (A74)',
    code: 'UNREACHABLE',
    serve: (host: DocumentHost, url: string) =>
      host.answer(url, (_req, res) => {
        res.writeHead(200, { 'Content-Type': 'application/json' })
        const timer = setInterval(() => res.write(' '.repeat(65_536)), 5)
        res.on('close', () => clearInterval(timer))
      }),
  },
  {
    what: 'a few bytes that unfold into megabytes (A74)',
    code: 'UNREACHABLE',
    serve: (host: DocumentHost, url: string) =>
      host.answer(url, (_req, res) => json(res, gzipSync(padded(url, 5_000_000)), { 'Content-Encoding': 'gzip' })),
  },
  {
    what: 'a byte now and then (A74)',
    code: 'UNREACHABLE',
    serve: (host: DocumentHost, url: string) =>
      host.answer(url, (_req, res) => {
        res.writeHead(200, { 'Content-Type': 'application/json' })
        const timer = setInterval(() => res.write(' '), 300)
        res.on('close', () => clearInterval(timer))
      }),
  },
  {
    what: 'a connection that is cut',
    code: 'UNREACHABLE',
    serve: (host, url) => host.answer(url, (req) => void req.socket.destroy()),
  },
]

export function padded(url: string, bytes: number): string {
  const text = JSON.stringify(documentOf(url))
  return text + ' '.repeat(bytes - text.length)
}
